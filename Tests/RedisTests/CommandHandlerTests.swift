import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Redis

struct CommandHandlerTests {
    @Test func `gives the replies to the commands in their order and sends a burst at once`() throws {
        let line = try Line()
        let answers = try (1...3).map { try line.append("\($0)") }
        line.handler.flush()

        let written = try line.channel.readOutbound(as: ByteBuffer.self)
        try line.receive("+a\r\n+b")
        try line.receive("\r\n-ERR c\r\n")

        #expect(written.map { String(buffer: $0) } == "*1\r\n$1\r\n1\r\n*1\r\n$1\r\n2\r\n*1\r\n$1\r\n3\r\n")
        #expect(try line.channel.readOutbound(as: ByteBuffer.self) == nil)
        #expect(answers.map(\.text) == ["a", "b", "error ERR c"])
        #expect(line.released == Charge(commands: 3, bytes: 33))
    }

    @Test func `a late command gets an error and its reply is thrown away`() throws {
        let line = try Line()
        let late = try line.append("1")
        line.handler.flush()
        line.channel.embeddedEventLoop.advanceTime(by: .milliseconds(900))
        let punctual = try line.append("2")
        line.handler.flush()

        line.channel.embeddedEventLoop.advanceTime(by: .milliseconds(150))
        let isOpen = line.channel.isActive
        try line.receive("+one\r\n+two\r\n")

        #expect(late.error?.kind == .timedOut)
        #expect(late.error?.mayHaveExecuted == true)
        #expect(isOpen)
        #expect(punctual.text == "two")
    }

    @Test func `a connection silent for twice the timeout is given up`() throws {
        let line = try Line()
        let first = try line.append("1")
        line.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1500))
        let second = try line.append("2")

        line.channel.embeddedEventLoop.advanceTime(by: .milliseconds(500))

        #expect(first.error?.kind == .timedOut)
        #expect(second.error?.kind == .connectionLost)
        #expect(!line.channel.isActive)
        #expect(line.closed?.message == "the server fell silent")
    }

    @Test(arguments: ["garbage\r\n", "+asked\r\n+unasked\r\n"])
    func `what is no answer closes the connection`(bytes: String) throws {
        let line = try Line()
        let first = try line.append("1")
        let second = bytes.hasPrefix("g") ? try line.append("2") : first
        try line.receive(bytes)

        #expect(!line.channel.isActive)
        #expect(line.closed?.kind == .brokenProtocol)
        #expect(second.text == "asked" || second.error?.kind == .brokenProtocol)
        #expect(line.released.commands == (bytes.hasPrefix("g") ? 2 : 1))
    }

    @Test func `the end of the connection fails every command`() throws {
        let line = try Line()
        let answers = try (1...3).map { try line.append("\($0)") }

        line.channel.close(promise: nil)
        line.channel.embeddedEventLoop.run()
        let late = try line.append("4")

        #expect(answers.allSatisfy { $0.error?.kind == .connectionLost && $0.error?.mayHaveExecuted == true })
        #expect(late.error?.kind == .connectionLost)
        #expect(late.error?.mayHaveExecuted == false)
        #expect(line.released.commands == 4)
    }
}

/// A handler on a channel without a socket.
private final class Line {
    let channel = EmbeddedChannel()
    let handler: CommandHandler
    private let heard = Heard()

    var released: Charge { self.heard.released.withLock(\.self) }
    var closed: RedisError? { self.heard.closed.withLock(\.self) }

    init() throws {
        let heard = self.heard
        self.handler = CommandHandler(
            RedisConfiguration(),
            CommandHandler.Events(
                released: { charge in heard.released.withLock { $0 += charge } },
                closed: { error in heard.closed.withLock { $0 = error } }
            )
        )
        try self.channel.pipeline.syncOperations.addHandler(self.handler)
        self.channel.connect(to: try SocketAddress(unixDomainSocketPath: "nowhere"), promise: nil)
    }

    func append(_ word: String) throws -> Answer {
        let answer = Answer()
        let pending = PendingReply(try Command(formatting: [Array(word.utf8)]))
        _ = pending.wait { result in answer.result.withLock { $0 = result } }
        self.handler.append(pending)
        return answer
    }

    func receive(_ bytes: String) throws {
        try self.channel.writeInbound(ByteBuffer(string: bytes))
    }
}

/// What the handler told.
private final class Heard: Sendable {
    let released = Mutex(Charge())
    let closed = Mutex(RedisError?.none)
}

/// What one caller got.
private final class Answer: Sendable {
    let result = Mutex(Result<Reply, any Error>?.none)

    var text: String? {
        self.result.withLock { result in
            guard case .success(let reply) = result else { return nil }
            if case .error(let message) = reply { return "error \(message)" }
            return reply.text
        }
    }

    var error: RedisError? {
        self.result.withLock { result in
            guard case .failure(let error) = result else { return nil }
            return error as? RedisError
        }
    }
}
