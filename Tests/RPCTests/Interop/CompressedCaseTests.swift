import SwiftProtobuf
import Testing

@testable import RPC

/// The cases of gRPC's interoperability tests that compress, with a look at what went over the wire.
@Suite(.timeLimit(.minutes(1)))
struct CompressedCaseTests {
    @Test(arguments: [true, false])
    func `client_compressed_unary: a request is compressed if its caller wants that`(compresses: Bool) async throws {
        try await Self.run { client, tap in
            let options = CallOptions(compression: compresses)

            let response = try await client.unary(InteropService.unaryCall, .large, options)

            #expect(response.payload.body.count == 314_159)
            #expect(tap.up.areCompressed(.request) == [compresses])
            #expect(tap.down.areCompressed(.response) == [false])
        }
    }

    @Test(arguments: [true, false])
    func `server_compressed_unary: a response is compressed if the server shall`(compresses: Bool) async throws {
        try await Self.run(serverCompresses: compresses) { client, tap in
            let response = try await client.unary(InteropService.unaryCall, .large)

            #expect(response.payload.body.count == 314_159)
            #expect(tap.up.areCompressed(.request) == [false])
            #expect(tap.down.areCompressed(.response) == [compresses])
        }
    }

    @Test(arguments: [true, false])
    func `client_compressed_streaming: so is each message of a stream of requests`(compresses: Bool) async throws {
        try await Self.run { client, tap in
            let options = CallOptions(compression: compresses)

            let response = try await client.clientStreaming(InteropService.streamingInputCall, options) { requests in
                for size in [27_182, 45_904] as [Int32] { try await requests.write(.with { $0.payload = .of(size) }) }
            }

            #expect(response.aggregatedPayloadSize == 73_086)
            #expect(tap.up.areCompressed(.data) == [compresses, compresses])
        }
    }

    @Test(arguments: [true, false])
    func `server_compressed_streaming: so is each message of a stream of responses`(compresses: Bool) async throws {
        try await Self.run(serverCompresses: compresses) { client, tap in
            let request = StreamingOutputCallRequest.with { $0.responseParameters = [.of(31_415), .of(92_653)] }

            let sizes = try await client.serverStreaming(InteropService.streamingOutputCall, request) {
                try await $0.reduce(into: []) { $0.append($1.payload.body.count) }
            }

            #expect(sizes == [31_415, 92_653])
            #expect(tap.down.areCompressed(.data) == [compresses, compresses])
        }
    }

    private static func run(serverCompresses: Bool = false, _ body: (Client, Tap) async throws -> Void) async throws {
        let configuration = ServerConfiguration.with { $0.compressesResponses = serverCompresses }
        try await InteropTransport.withServer(configuration) { address, _ in
            guard case .tcp(_, let port) = address else { preconditionFailure("it listens on TCP") }
            try await Tap.with(port: port) { address, tap in
                try await Client.with(address) { client in
                    try await InteropTransport.extended.settle(client)
                    tap.clear()
                    try await body(client, tap)
                }
            }
        }
    }
}

extension [FrameHeader] {
    /// Of each body of a type that holds a message, whether it is compressed.
    fileprivate func areCompressed(_ type: FrameType) -> [Bool] {
        self.filter { $0.knownType == type && !$0.flags.contains(.noData) }.map { $0.flags.contains(.compressed) }
    }
}
