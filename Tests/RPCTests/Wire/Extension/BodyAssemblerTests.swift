import NIOCore
import Testing

@testable import RPC

struct BodyAssemblerTests {
    private var assembler = BodyAssembler(longestBody: 100, budget: 150)

    @Test mutating func `passes a body in one frame on`() {
        let outcome = self.assembler.receive(.test(length: 3), ByteBuffer(bytes: [1, 2, 3]))

        #expect(outcome == .whole(.test(length: 3), ByteBuffer(bytes: [1, 2, 3])))
        #expect(self.assembler.count == 0)
    }

    @Test mutating func `puts fragments together under the first one's flags`() {
        let first = FrameHeader.test(length: 2, flags: [.more, .compressed, .remoteClosed])

        let outcome1 = self.assembler.receive(first, ByteBuffer(bytes: [1, 2]))
        #expect(outcome1 == .partial)
        let outcome2 = self.assembler.receiveContinuation(.part(1, .continues), ByteBuffer(bytes: [3]))
        #expect(outcome2 == .partial)
        let outcome = self.assembler.receiveContinuation(.part(2), ByteBuffer(bytes: [4, 5]))

        let whole = FrameHeader.test(length: 5, flags: [.compressed, .remoteClosed])
        #expect(outcome == .whole(whole, ByteBuffer(bytes: [1, 2, 3, 4, 5])))
        #expect(self.assembler.count == 0)
    }

    @Test mutating func `keeps the bodies of several streams apart`() {
        _ = self.assembler.receive(.test(length: 1, stream: 1, flags: .more), ByteBuffer(bytes: [1]))
        _ = self.assembler.receive(.test(length: 1, stream: 3, flags: .more), ByteBuffer(bytes: [3]))

        let first = self.assembler.receiveContinuation(.part(1, stream: 1), ByteBuffer(bytes: [11]))
        let second = self.assembler.receiveContinuation(.part(1, stream: 3), ByteBuffer(bytes: [33]))

        #expect(first == .whole(.test(length: 2, stream: 1), ByteBuffer(bytes: [1, 11])))
        #expect(second == .whole(.test(length: 2, stream: 3), ByteBuffer(bytes: [3, 33])))
    }

    @Test mutating func `tells once of a body that gets too long and drops the rest`() {
        let body = ByteBuffer(repeating: 0, count: 60)
        _ = self.assembler.receive(.test(length: 60, flags: .more), body)

        let outcome3 = self.assembler.receiveContinuation(.part(60, .continues), body)
        #expect(outcome3 == .tooLong(.test(length: 60)))
        let outcome4 = self.assembler.receiveContinuation(.part(60, .continues), body)
        #expect(outcome4 == .partial)
        let outcome5 = self.assembler.receiveContinuation(.part(60), body)
        #expect(outcome5 == .partial)
        let outcome6 = self.assembler.receiveContinuation(.part(60), body)
        #expect(outcome6 == nil)
        let outcome7 = self.assembler.receive(.test(length: 60), body)
        #expect(outcome7 == .whole(.test(length: 60), body))
    }

    @Test mutating func `holds no more than its budget for all streams`() {
        let body = ByteBuffer(repeating: 0, count: 80)
        _ = self.assembler.receive(.test(length: 80, stream: 1, flags: .more), body)
        let refused = self.assembler.receive(.test(length: 80, stream: 3, flags: .more), body)
        self.assembler.drop(1)
        let accepted = self.assembler.receive(.test(length: 80, stream: 5, flags: .more), body)

        #expect(refused == .noRoom(.test(length: 80, stream: 3)))
        #expect(accepted == .partial)
    }

    @Test mutating func `takes no other frame while a body is open`() {
        _ = self.assembler.receive(.test(length: 1, flags: .more), ByteBuffer(bytes: [1]))

        let outcome8 = self.assembler.receive(.test(length: 1), ByteBuffer(bytes: [1]))
        #expect(outcome8 == .violation)
        let outcome9 = self.assembler.receive(.test(length: 1, flags: .more), ByteBuffer(bytes: [1]))
        #expect(outcome9 == .violation)
    }
}

extension FrameHeader {
    fileprivate static func test(length: Int, stream: UInt32 = 1, flags: FrameFlags = []) -> FrameHeader {
        FrameHeader(length: length, stream: stream, type: FrameType.request.rawValue, flags: flags)
    }

    fileprivate static func part(_ length: Int, stream: UInt32 = 1, _ flags: FrameFlags = []) -> FrameHeader {
        FrameHeader(length: length, stream: stream, type: ExtensionType.continuation.rawValue, flags: flags)
    }
}
