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
        #expect(table.receive(Self.header(3, .request)).name == "answer tooManyCalls")
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

    /// Keeps the rules in a second, simpler way and checks every action against them.
    @Test(arguments: 0..<100)
    func `keeps the rules whatever frames come`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = CallTable<UInt32>(limits: .with { ($0.maxConcurrentCalls, $0.oversizeFramesPerMinute) = (4, .max) })
        var open: Set<UInt32> = []
        var running = 0

        for second in 0..<400 {
            let header = FrameHeader(
                length: .random(in: 0...10, using: &random),
                stream: .random(in: 0...12, using: &random),
                type: .random(in: 0...5, using: &random),
                flags: FrameFlags(rawValue: .random(in: 0...7, using: &random))
            )
            let isOversize = Int.random(in: 0..<10, using: &random) == 0
            let action = isOversize ? table.receiveOversize(header, at: Int64(second)) : table.receive(header)

            switch action {
            case .open:
                #expect(header.knownType == .request && header.isOdd && !open.contains(header.stream) && running < 4)
                table.start(header.stream, on: header.stream)
                open.insert(header.stream)
                running += 1
            case .abort(let call, _):
                #expect(call == header.stream)
                #expect(open.remove(call) != nil)
            case .answer: #expect(!open.contains(header.stream))
            case .ignore: #expect(header.knownType != .request || !header.isOdd || isOversize)
            case .close: Issue.record("nothing is wrong enough to close")
            }
            if Bool.random(using: &random), let ended = open.randomElement(using: &random) {
                open.remove(ended)
                #expect(table.end(ended) == false)
            }
            if running > open.count, Bool.random(using: &random) {
                running -= 1
                table.handlerReturned()
            }
            #expect(table.isIdle == open.isEmpty)
            #expect(table.isQuiet == (running == 0))
        }
    }
}

extension CallTable.Action {
    /// The action in words.
    fileprivate var name: String {
        switch self {
        case .ignore: "ignore"
        case .open: "open"
        case .answer(let violation): "answer \(violation)"
        case .abort(_, let violation): "abort \(violation)"
        case .close: "close"
        }
    }
}
