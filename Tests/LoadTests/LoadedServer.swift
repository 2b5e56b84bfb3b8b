import Logging
import NIOCore
import NIOPosix
import RPC

/// A server of a few methods on an event loop of its own, as the tests of this target load it.
struct LoadedServer {
    /// Answers the request.
    static let echo = Method<Ttrpc_KeyValue, Ttrpc_KeyValue>(
        service: "load.Test",
        name: "Echo",
        kind: .unary,
        safety: .command
    )
    /// Answers each request of a stream.
    static let talk = Method<Ttrpc_KeyValue, Ttrpc_KeyValue>(
        service: "load.Test",
        name: "Talk",
        kind: .bidirectional,
        safety: .command
    )

    let server: Server
    let address: Server.Address

    /// Starts a server on an address; `port` 0 takes any that is free. `executed` learns of each request of `echo`.
    static func start(
        port: Int = 0,
        on group: any EventLoopGroup,
        executed: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> LoadedServer {
        let service = ServiceDefinition(
            name: "load.Test",
            methods: [
                .unary(self.echo) { request, _ in
                    executed(request.key)
                    // Some answers take long enough for a drain to come in between.
                    if request.value == "slow" { for _ in 0..<20 { await Task.yield() } }
                    return request
                },
                .bidirectional(self.talk) { requests, responses, _ in
                    for try await request in requests { try await responses.write(request) }
                },
            ]
        )
        let server = try Server(services: [service], group: group, logger: .silent) { _ in [] }
        return LoadedServer(server: server, address: try await server.listen(on: .tcp(host: "127.0.0.1", port: port)))
    }
}

extension Logger {
    /// Writes nothing.
    static var silent: Logger { Logger(label: "load") { _ in SwiftLogNoOpLogHandler() } }
}
