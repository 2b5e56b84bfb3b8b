import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

/// Serves `bench.Echo` with grpc-swift-2: `grpc-echo [CERTIFICATE KEY]`, both PEM files. Prints its port.
@main
struct GRPCEcho {
    static func main() async throws {
        let files = Array(CommandLine.arguments.dropFirst())
        let server = GRPCServer(
            transport: .http2NIOPosix(
                address: .ipv4(host: "127.0.0.1", port: 0),
                transportSecurity: Self.security(files),
                config: .defaults { config in
                    config.http2.maxConcurrentStreams = 1_000
                    config.rpc.maxRequestPayloadSize = 8 << 20
                },
                eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1)
            ),
            services: [EchoService()]
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.serve() }
            print("ready", try await server.listeningAddress?.ipv4?.port ?? 0)
            fflush(nil)
            try await group.waitForAll()
        }
    }

    private static func security(_ files: [String]) -> HTTP2ServerTransport.Posix.TransportSecurity {
        guard files.count == 2 else { return .plaintext }
        return .tls(
            certificateChain: [.file(path: files[0], format: .pem)],
            privateKey: .file(path: files[1], format: .pem)
        )
    }
}
