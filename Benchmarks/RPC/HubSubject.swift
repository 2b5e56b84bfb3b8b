import Logging
import NIOPosix
import RPC

/// Our server with interceptors as the daemon has them: each call is traced, logged, counted and guarded.
struct HubSubject {
    private static let service = "bench.Echo"
    private static let logger = Logger(label: "bench") { _ in QuietLog() }

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
            logger: Self.logger
        ) { method in [CallTrace(), CallLog(), CallMetrics(for: method), TokenGuard(method)] }
    }

    /// Listens on a free port and returns it. `certificate` is the PEM files of certificate and key, or nothing for plain
    /// connections.
    func listen(certificate: [String]) async throws -> Int {
        var tls: ServerTLS?
        if !certificate.isEmpty {
            tls = try ServerTLS(certificateChain: certificate[0], privateKey: certificate[1], logger: Self.logger)
        }
        guard case .tcp(_, let port) = try await self.server.listen(on: .tcp(host: "127.0.0.1", port: 0), tls: tls)
        else {
            return 0
        }
        return port
    }
}
