import NIOCore
import Testing

@testable import RPC

struct MessageQueueTests {
    @Test(arguments: 0..<20)
    func `gives messages of any length back in order`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = MessageQueue()
        var expected: [MessageQueue.Waiting] = []

        for _ in 0..<300 {
            if Bool.random(using: &random) {
                let message = MessageQueue.Waiting(
                    bytes: ByteBuffer(bytes: random.bytes(upTo: Bool.random(using: &random) ? 20 : 20_000)),
                    isCompressed: Bool.random(using: &random),
                    credit: Int.random(in: 0...5_000_000, using: &random)
                )
                queue.append(message)
                expected.append(message)
            } else {
                #expect(queue.popFirst() == (expected.isEmpty ? nil : expected.removeFirst()))
            }
            #expect(queue.isEmpty == expected.isEmpty)
        }
    }

    @Test func `keeps no read buffer alive for a small message`() throws {
        var queue = MessageQueue()
        let read = ByteBuffer(repeating: 1, count: 64 * 1024)

        queue.append(.init(bytes: read.part(100..<110)))

        let first = queue.popFirst()
        let message = try #require(first)
        #expect(message.bytes.readableBytes == 10)
        #expect(message.bytes.storageCapacity < 1024)
    }

    @Test func `a queue that is never empty does not grow with what has passed through it`() throws {
        var queue = MessageQueue()
        let message = MessageQueue.Waiting(bytes: ByteBuffer(repeating: 1, count: 1000))
        queue.append(message)

        for _ in 0..<1000 {
            queue.append(message)
            _ = queue.popFirst()
        }

        let rest = queue.popFirst()
        let last = try #require(rest)
        #expect(last.bytes.storageCapacity <= 128 * 1024)
    }
}
