import Logging
import NIOPosix
import RPC

/// Our server as the daemon sets it up: each method has a guard, and the end of each call is logged.
struct HubSubject {
    private static let service = "bench.Echo"

    private let server: Server

    init(group: MultiThreadedEventLoopGroup) throws {
        let echo = Method<Bench_EchoRequest, Bench_EchoResponse>(
            service: Self.service,
            name: "Echo",
            kind: .unary,
            safety: .query,
            subject: \.id
        )
        let stream = Method<Bench_EchoRequest, Bench_EchoResponse>(
            service: Self.service,
            name: "Stream",
            kind: .serverStreaming,
            safety: .query,
            subject: \.id
        )
        let handlers: [MethodHandler] = [
            .unary(echo) { request, _ in .echo(of: request) },
            .serverStreaming(stream) { request, responses, _ in
                for number in 0..<request.n { try await responses.write(.part(number, of: request)) }
            },
        ]
        self.server = try Server(
            services: [ServiceDefinition(name: Self.service, methods: handlers)],
            group: group,
            logger: Logger(label: "bench") { _ in QuietLog() }
        ) { method in [CallLog(), TokenGuard(method)] }
    }

    /// - Returns: The port.
    func listen() async throws -> Int {
        guard case .tcp(_, let port) = try await self.server.listen(on: .tcp(host: "127.0.0.1", port: 0)) else {
            return 0
        }
        return port
    }
}
