import Logging
import NIOPosix
import RPC
import Support

/// Our server of `InteropService` and `StreamingService`.
struct InteropServer: Sendable {
    /// What happened, such as `wait began KEY`.
    let events = Watched<Set<String>>([])

    /// Serves on an address for as long as `body` runs.
    static func with<Value>(
        on address: Server.Address = .tcp(host: "127.0.0.1", port: 0),
        _ body: (InteropServer, Server, String) async throws -> Value
    ) async throws -> Value {
        let interop = InteropServer()
        let server = try Server(
            services: [interop.definition, StreamingHandlers.definition],
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in [] }
        let bound = try await server.listen(on: address)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(interop, server, "\(bound)"))
        } catch {
            result = .failure(error)
        }
        await server.drain(grace: .zero)
        return try result.get()
    }

    /// Serves, with a client of ours, for as long as `body` runs.
    static func withClient<Value>(_ body: (Client) async throws -> Value) async throws -> Value {
        try await self.with { _, _, address in try await Client.with(address, body) }
    }

    /// Lets the calls of Wait with this key go on.
    func letGo(_ key: String) {
        self.events.update { $0.insert("let go \(key)") }
    }

    /// Waits for an event.
    func event(_ event: String) async throws {
        try await self.events.wait(for: event) { $0.contains(event) ? () : nil }
    }

    private var definition: ServiceDefinition {
        ServiceDefinition(
            name: InteropService.name,
            methods: [
                .unary(InteropService.echo) { request, _ in request },
                .unary(InteropService.fail) { request, _ in
                    let code = Int(request.key).flatMap(Status.Code.init(rawValue:)) ?? .unknown
                    throw Status(code, request.value, reason: "REASON_\(request.key)", domain: "test")
                },
                .unary(InteropService.metadata) { request, call in
                    .of(value: call.metadata.values(for: request.key).joined(separator: ","))
                },
                .unary(InteropService.deadline) { _, call in
                    guard let deadline = call.deadline else { return .of(value: "none") }
                    return .of(value: "\(Int((deadline - .now) / .milliseconds(1)))")
                },
                .unary(InteropService.wait) { request, _ in try await self.wait(request) },
                .unary(InteropService.began) { request, _ in
                    .of(value: "\(self.events.state.contains("wait began \(request.key)"))")
                },
                .unary(InteropService.large) { request, _ in
                    .of(value: String(repeating: "x", count: Int(request.key) ?? 0))
                },
            ]
        )
    }

    private func wait(_ request: Ttrpc_KeyValue) async throws -> Ttrpc_KeyValue {
        self.events.update { $0.insert("wait began \(request.key)") }
        do {
            try await self.events.wait(within: .seconds(60)) { $0.contains("let go \(request.key)") ? () : nil }
            return request
        } catch {
            self.events.update { $0.insert("wait cancelled \(request.key)") }
            throw error
        }
    }
}
