import NIOPosix
import RPC
import SwiftProtobuf
import Testing

/// What the calls of the interoperability tests run over.
enum InteropTransport: String, CaseIterable {
    case plain
    case extended

    /// Runs a server and a client that both speak this, and that know it of each other.
    func run(_ body: (Client, Gates) async throws -> Void) async throws {
        var configuration = ServerConfiguration()
        if self == .plain { configuration.extensionSettings = nil }
        try await Self.withServer(configuration) { address, gates in
            try await Client.with(address) { client in
                try await self.settle(client)
                try await body(client, gates)
            }
        }
    }

    /// Runs a server.
    static func withServer(
        _ configuration: ServerConfiguration,
        _ body: (Server.Address, Gates) async throws -> Void
    ) async throws {
        let gates = Gates()
        let server = try Server(
            services: [InteropService.definition(gates)],
            configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: .silent
        ) { _ in [] }
        let address = try await server.listen(on: .tcp(host: "127.0.0.1", port: 0))
        let result = await outcome { try await body(address, gates) }
        await server.drain(grace: .zero)
        try result.get()
    }

    /// Makes a call, by which both ends find out what the other can do. Headers before a stream come only if they agree.
    func settle(_ client: Client) async throws {
        _ = try await client.unary(InteropService.emptyCall, .init())
        let receipt = CallReceipt()
        try await client.serverStreaming(InteropService.streamingOutputCall, .init(), .echoing(receipt)) {
            for try await _ in $0 {}
        }
        try #require((receipt.headers["x-grpc-test-echo-initial"] != nil) == (self == .extended))
    }
}

extension SimpleRequest {
    /// 271828 bytes, which ask for 314159.
    static let large = SimpleRequest.with {
        $0.responseSize = 314_159
        $0.payload = .of(271_828)
    }
}

extension ResponseParameters {
    /// A response of a size.
    static func of(_ size: Int32) -> ResponseParameters {
        .with { $0.size = size }
    }
}

extension CallOptions {
    /// Metadata that come back, into a receipt.
    static func echoing(_ receipt: CallReceipt) -> CallOptions {
        CallOptions(
            metadata: [
                "x-grpc-test-echo-initial": "test_initial_metadata_value",
                "x-grpc-test-echo-trailing-bin": "q6ur",
            ],
            receipt: receipt
        )
    }
}
