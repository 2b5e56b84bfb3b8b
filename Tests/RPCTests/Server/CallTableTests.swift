import Testing

@testable import RPC

struct CallTableTests {
    private static func header(_ stream: UInt32, _ type: FrameType, _ flags: FrameFlags = []) -> FrameHeader {
        FrameHeader(length: 0, stream: stream, type: type.rawValue, flags: flags)
    }

    @Test func `drains when the last call has ended`() {
        var table = CallTable<String>(limits: .init())
        table.start("a", on: 1)
        table.start("b", on: 3)

        #expect(table.drain() == false)
        #expect(table.end(1) == false)
        #expect(table.receive(Self.header(5, .request)).name == "answer draining")
        #expect(table.end(3) == true)
    }

    @Test func `drains at once when nothing runs`() {
        var table = CallTable<String>(limits: .init())

        #expect(table.drain() == true)
    }

    @Test func `a handler that outlives its call holds its place`() {
        var table = CallTable<String>(limits: .with { $0.maxConcurrentCalls = 1 })
        table.start("a", on: 1)

        #expect(table.receive(Self.header(1, .request)).name == "abort streamReused")
        #expect(table.isIdle)
        #expect(!table.isQuiet)
        #expect(table.receive(Self.header(3, .request)).name == "refuse tooManyCalls")
        table.handlerReturned()
        #expect(table.receive(Self.header(5, .request)).name == "open")
    }

    @Test func `closing gives up the calls that wait for an answer`() {
        var table = CallTable<String>(limits: .init())
        table.start("a", on: 1)
        table.start("b", on: 3)
        _ = table.end(1)

        #expect(table.close() == ["b"])
        #expect(table.isIdle)
    }

    @Test func `messages come until the half-close, and none after it`() {
        var table = CallTable<String>(limits: .init())
        #expect(table.receive(Self.header(1, .request)).name == "open")
        table.start("a", on: 1, takesMore: true)

        #expect(table.receive(Self.header(1, .data)).name == "message")
        #expect(table.receive(Self.header(1, .data, .noData)).name == "ignore")
        #expect(table.receive(Self.header(1, .data, [.noData, .remoteClosed])).name == "half-close")
        #expect(table.receive(Self.header(1, .data, .noData)).name == "ignore")
        #expect(table.receive(Self.header(1, .data)).name == "abort unexpectedData")
        #expect(table.receive(Self.header(1, .data)).name == "ignore")
    }

    @Test func `a message that closes is the last`() {
        var table = CallTable<String>(limits: .init())
        table.start("a", on: 1, takesMore: true)

        #expect(table.receive(Self.header(1, .data, .remoteClosed)).name == "last message")
        #expect(table.receive(Self.header(1, .data, [.noData, .remoteClosed])).name == "abort unexpectedData")
    }
}

extension CallTable.Action {
    /// The action in words.
    var name: String {
        switch self {
        case .ignore: "ignore"
        case .open: "open"
        case .message: "message"
        case .lastMessage: "last message"
        case .halfClose: "half-close"
        case .answer(let violation): "answer \(violation)"
        case .refuse(let violation): "refuse \(violation)"
        case .breach: "breach"
        case .abort(_, let violation): "abort \(violation)"
        case .close: "close"
        }
    }
}
