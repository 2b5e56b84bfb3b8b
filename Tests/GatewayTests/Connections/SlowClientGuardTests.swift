import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import hub_gateway

struct SlowClientGuardTests {
    let channel = EmbeddedChannel(handler: SlowClientGuard(bodyTime: .seconds(60), stallTime: .seconds(30)))

    init() throws {
        try self.channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    @Test func `closes when a body drips for too long`() throws {
        try self.receive(.head(HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/")))

        for _ in 1...6 {
            try self.receive(.body(ByteBuffer(string: "x")))
            self.channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        }

        #expect(!self.channel.isActive)
    }

    @Test func `gives an answer all the time it needs`() throws {
        try self.receive(.head(HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/")))
        try self.receive(.end(nil))

        self.channel.embeddedEventLoop.advanceTime(by: .hours(1))

        #expect(self.channel.isActive)
    }

    @Test func `closes when nothing of an answer is read`() {
        self.setWritable(false)

        self.channel.embeddedEventLoop.advanceTime(by: .seconds(30))

        #expect(!self.channel.isActive)
    }

    @Test func `bears with a client that reads slowly`() {
        for _ in 1...5 {
            self.setWritable(false)
            self.channel.embeddedEventLoop.advanceTime(by: .seconds(29))
            self.setWritable(true)
        }

        #expect(self.channel.isActive)
    }

    private func receive(_ part: HTTPRequestPart) throws {
        if self.channel.isActive { try self.channel.writeInbound(part) }
    }

    private func setWritable(_ isWritable: Bool) {
        self.channel.isWritable = isWritable
        self.channel.pipeline.fireChannelWritabilityChanged()
    }
}
