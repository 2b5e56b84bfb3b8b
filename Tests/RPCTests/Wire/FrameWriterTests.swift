import NIOCore
import SwiftProtobuf
import Testing

@testable import RPC

struct FrameWriterTests {
    @Test(arguments: [0, 1, 100, 127, 128, 16_383, 16_384, 100_000])
    func `writes responses and data of any length behind each other`(length: Int) throws {
        let message = Ttrpc_KeyValue.of(String(repeating: "k", count: length))
        var buffer = ByteBuffer()

        try buffer.writeResponse(message, on: 1)
        try buffer.writeData(message, on: 3)
        buffer.writeEnd(of: 3)

        #expect(Frame.all(in: buffer) == [try .response(message, on: 1), try .data(message, on: 3), .end(3)])
    }

    @Test func `takes nothing of a message that is too long`() throws {
        var buffer = ByteBuffer()
        try buffer.writeData(Ttrpc_KeyValue.of("before"), on: 1)
        let before = buffer

        #expect(throws: Status.messageTooLong(FrameHeader.longestBody + 15)) {
            try buffer.writeData(Ttrpc_KeyValue.of(String(repeating: "x", count: FrameHeader.longestBody)), on: 3)
        }

        #expect(buffer == before)
    }

    @Test func `shortens a status to its bound, details first`() throws {
        var status = Status(.internal, String(repeating: "é", count: 1000), reason: "REASON")
        let detail = Google_Protobuf_Any.with { $0.value = .init(repeating: 1, count: 1000) }
        status.details += Array(repeating: detail, count: 100)
        var buffer = ByteBuffer()

        buffer.writeStatus(status, on: 1)

        let written = try #require(Frame.all(in: buffer).first).status
        #expect(buffer.readableBytes <= Status.longestEncoding + 16)
        #expect(written.message == status.message)
        #expect(written.errorInfo?.reason == "REASON")
        #expect(written.details.count < 10)
    }

    @Test func `shortens a message that alone is too long, between letters`() throws {
        let status = Status(.internal, "x" + String(repeating: "é", count: 10_000))
        var buffer = ByteBuffer()

        buffer.writeStatus(status, on: 1)

        let written = try #require(Frame.all(in: buffer).first).status
        #expect(status.message.hasPrefix(written.message))
        #expect(written.message.utf8.count > 8000)
        #expect(buffer.readableBytes <= Status.longestEncoding + 16)
    }
}
