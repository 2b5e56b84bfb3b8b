import RPC
import Support
import SwiftProtobuf
import Testing

/// The upstream project's cases for streams, called by our client.
@Suite(.timeLimit(.minutes(5))) struct StreamingTests {
    @Test func `Echo and EchoStream answer each payload`() async throws {
        try await InteropServer.withClient { client in
            let echo = try await client.unary(StreamingService.echo, .of(1, "Echo Me"))
            let echoes = try await client.bidirectional(StreamingService.echoStream) { requests, responses in
                var answers = responses.makeAsyncIterator()
                for number in stride(from: 0, to: 100, by: 2) {
                    let payload = EchoPayload.of(number, "\(number): Echo in a stream")
                    try await requests.write(payload)
                    let answer = try await answers.next()
                    #expect(answer == payload.next)
                }
                try await requests.finish()
                return try await answers.next()
            }

            #expect(echo == .of(2, "Echo Me"))
            #expect(echoes == nil)
        }
    }

    @Test func `SumStream counts empty parts too, and DivideStream sends some`() async throws {
        try await InteropServer.withClient { client in
            let sum = try await client.clientStreaming(StreamingService.sumStream) { requests in
                try await requests.write(Part())
                for number in -99...100 { try await requests.write(Part(Int32(number))) }
                try await requests.write(Part())
            }
            let parts = try await client.serverStreaming(StreamingService.divideStream, .of(392, parts: 30)) { parts in
                var numbers: [Int32] = []
                for try await part in parts { numbers.append(part.value) }
                return numbers
            }

            #expect(sum == .of(100, parts: 202))
            #expect(parts.count == 30)
            #expect(parts.reduce(0, +) == 392)
            #expect(parts.first == 0)
            #expect(parts.last == 0)
        }
    }

    @Test func `EchoNull and EchoNullStream answer with empty messages`() async throws {
        try await InteropServer.withClient { client in
            _ = try await client.clientStreaming(StreamingService.echoNull) { requests in
                for number in 0..<100 { try await requests.write(.of(number, StreamingService.nullText)) }
            }
            let count = try await client.bidirectional(StreamingService.echoNullStream) { requests, responses in
                async let writing: Void = {
                    for number in 0..<100 { try await requests.write(.of(number, StreamingService.nullText)) }
                    try await requests.finish()
                }()
                var count = 0
                for try await _ in responses { count += 1 }
                try await writing
                return count
            }

            #expect(count == 1000)
        }
    }

    @Test func `EmptyPayloadStream takes an empty request, and a payload out of order ends EchoNull`() async throws {
        try await InteropServer.withClient { client in
            let texts = try await client.serverStreaming(StreamingService.emptyPayloadStream, .init()) { responses in
                var texts: [String] = []
                for try await response in responses { texts.append(response.message) }
                return texts
            }
            let failure = await #expect(throws: Status.self) {
                try await client.clientStreaming(StreamingService.echoNull) { requests in
                    for number in 1..<100 { try await requests.write(.of(number, StreamingService.nullText)) }
                }
            }

            #expect(texts == ["Hello", "again"])
            #expect(failure?.errorInfo?.reason == "UNEXPECTED_PAYLOAD")
        }
    }

    /// No Go client that streams is packaged for this system, so the peer writes frames as version 1.2 is known to.
    @Test(arguments: [
        "Echo", "EchoStream", "SumStream", "DivideStream", "EchoNull", "EchoNullStream", "EmptyPayloadStream",
        "32 at once", "last message with the half-close", "first message with the request", "empty last message",
        "unexpected payload", "late messages", "byte by byte beside an open stream",
    ])
    func `plain frames from Go`(_ label: String) async throws {
        let peer = try await GoPeer.built()

        let program = try await InteropServer.with { _, _, address in
            let program = try await peer.stream(label, at: address)
            try await program.exit(within: .seconds(60))
            return program
        }

        #expect(program.output == ["\(label): ok"])
        #expect(program.errors == [])
    }
}
