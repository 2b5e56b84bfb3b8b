import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import hub_gateway

struct HeartbeatTests {
    let channel = EmbeddedChannel(handler: Heartbeat())

    @Test func `fills the silence of an event stream with comments`() throws {
        try self.begin("text/event-stream")

        self.channel.embeddedEventLoop.advanceTime(by: .seconds(45))

        #expect(try self.bodies() == [":\n\n", ":\n\n", ":\n\n"])
    }

    @Test func `stays quiet while events are written`() throws {
        try self.begin("text/event-stream")

        for _ in 1...5 {
            self.channel.embeddedEventLoop.advanceTime(by: .seconds(14))
            try self.channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: "event")))
        }

        #expect(try self.bodies() == Array(repeating: "event", count: 5))
    }

    @Test func `stays quiet in other answers`() throws {
        try self.begin("application/x-ndjson")

        self.channel.embeddedEventLoop.advanceTime(by: .seconds(60))

        #expect(try self.bodies() == [])
    }

    @Test func `stops with the stream`() throws {
        try self.begin("text/event-stream")
        try self.channel.writeOutbound(HTTPResponsePart.end(nil))
        _ = try self.channel.readOutbound(as: HTTPResponsePart.self)

        self.channel.embeddedEventLoop.advanceTime(by: .seconds(60))

        #expect(try self.bodies() == [])
    }

    private func begin(_ type: String) throws {
        try self.channel.writeOutbound(
            HTTPResponsePart.head(HTTPResponse(status: .ok, headerFields: [.contentType: type]))
        )
        _ = try self.channel.readOutbound(as: HTTPResponsePart.self)
    }

    private func bodies() throws -> [String] {
        var bodies: [String] = []
        while case .body(let bytes)? = try self.channel.readOutbound(as: HTTPResponsePart.self) {
            bodies.append(String(buffer: bytes))
        }
        return bodies
    }
}
