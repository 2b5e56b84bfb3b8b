import Testing

@testable import RPC

struct StreamTableTests {
    private static func header(_ stream: UInt32, _ type: UInt8, _ flags: FrameFlags = []) -> FrameHeader {
        FrameHeader(length: 0, stream: stream, type: type, flags: flags)
    }

    @Test func `opens odd streams one after the other`() {
        var table = StreamTable<String>(limit: 10)

        #expect(table.open("a", .unary) == .opened(1))
        #expect(table.open("b", .serverStreaming) == .opened(3))
        #expect(table.open("c", .unary) == .opened(5))
    }

    @Test func `opens no more than it may`() {
        var table = StreamTable<String>(limit: 1)
        _ = table.open("a", .unary)

        #expect(table.open("b", .unary) == .full)
        _ = table.receive(Self.header(1, 2))
        #expect(table.open("b", .unary) == .opened(3))
    }

    @Test func `is exhausted behind the last stream that is safe`() {
        var table = StreamTable<String>(limit: 10, firstStream: 0xFFFF_FFFB)

        #expect(table.open("a", .unary) == .opened(0xFFFF_FFFB))
        #expect(!table.isExhausted)
        #expect(table.open("b", .unary) == .opened(0xFFFF_FFFD))
        #expect(table.isExhausted)
        #expect(table.open("c", .unary) == .exhausted)
    }

    @Test(
        arguments: [
            ([], "message a", false),
            ([.noData], "ignore", false),
            ([.remoteClosed, .noData], "end a", true),
            ([.remoteClosed], "lastMessage a", true),
        ] as [(FrameFlags, String, Bool)]
    )
    func `reads data on a stream by its flags`(flags: FrameFlags, action: String, ends: Bool) {
        var table = StreamTable<String>(limit: 10)
        _ = table.open("a", .serverStreaming)

        #expect(table.receive(Self.header(1, 3, flags)).name == action)
        #expect(table.isIdle == ends)
    }

    @Test func `data on a unary call fails that call`() {
        var table = StreamTable<String>(limit: 10)
        _ = table.open("a", .unary)
        _ = table.open("b", .unary)

        #expect(table.receive(Self.header(1, 3)).name == "fail a unexpectedData")
        #expect(table.receive(Self.header(3, 2)).name == "response b")
        #expect(table.isIdle)
    }

    @Test func `drops what belongs to no open call`() {
        var table = StreamTable<String>(limit: 10)
        _ = table.open("a", .unary)
        table.forget(1)

        for stream in [0, 1, 2, 3, .max] as [UInt32] {
            for type in [0, 1, 2, 3, 0x80] as [UInt8] {
                #expect(table.receive(Self.header(stream, type)).name == "ignore")
            }
            #expect(table.receiveOversize(Self.header(stream, 2)).name == "ignore")
        }
    }

    @Test func `ignores unknown types on an open stream`() {
        var table = StreamTable<String>(limit: 10)
        _ = table.open("a", .unary)

        #expect(table.receive(Self.header(1, 0x80)).name == "ignore")
        #expect(table.receive(Self.header(1, 1)).name == "ignore")
        #expect(table.receiveOversize(Self.header(1, 0x80)).name == "ignore")
        #expect(table.receiveOversize(Self.header(1, 2)).name == "fail a oversize")
    }

    @Test(arguments: 0..<100)
    func `ends each call once whatever frames come`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = StreamTable<Int>(limit: 5)
        var open: Set<Int> = []

        for call in 0..<300 {
            let kind: MethodDescriptor.Kind = Bool.random(using: &random) ? .unary : .serverStreaming
            if case .opened = table.open(call, kind) { open.insert(call) }
            let header = FrameHeader(
                length: 0,
                stream: .random(in: 0...(UInt32(call) * 2 + 3), using: &random),
                type: .random(in: 0...4, using: &random),
                flags: FrameFlags(rawValue: .random(in: 0...7, using: &random))
            )
            let isOversize = Int.random(in: 0..<10, using: &random) == 0

            switch isOversize ? table.receiveOversize(header) : table.receive(header) {
            case .ignore: break
            case .message(let call): #expect(open.contains(call))
            case .response(let call), .lastMessage(let call), .end(let call), .fail(let call, _):
                #expect(open.remove(call) != nil)
            }
            #expect(table.isIdle == open.isEmpty)
        }
        #expect(Set(table.close()) == open)
    }
}

extension StreamTable<String>.Action {
    /// The action in words.
    fileprivate var name: String {
        switch self {
        case .ignore: "ignore"
        case .response(let call): "response \(call)"
        case .message(let call): "message \(call)"
        case .lastMessage(let call): "lastMessage \(call)"
        case .end(let call): "end \(call)"
        case .fail(let call, let breach): "fail \(call) \(breach)"
        }
    }
}
