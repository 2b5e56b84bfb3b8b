import NIOCore
import Testing

@testable import RPC

struct ResponseQueueTests {
    private static func message(_ count: Int) -> ByteBuffer {
        ByteBuffer(repeating: 1, count: count)
    }

    @Test func `gives out messages in order, then the end`() async throws {
        let queue = ResponseQueue(limit: 100)
        _ = queue.deliver(Self.message(1))
        _ = queue.deliver(Self.message(2))
        queue.finish(.success(()))

        #expect(try await queue.next {}?.readableBytes == 1)
        #expect(try await queue.next {}?.readableBytes == 2)
        #expect(try await queue.next {} == nil)
    }

    @Test func `a failure comes behind the messages that wait`() async throws {
        let queue = ResponseQueue(limit: 100)
        _ = queue.deliver(Self.message(1))
        queue.finish(.failure(Status(.aborted, "x")))
        queue.finish(.success(()))

        #expect(try await queue.next {}?.readableBytes == 1)
        await #expect(throws: Status(.aborted, "x")) { try await queue.next {} }
    }

    @Test func `is full at its limit, and no longer at half of it`() async throws {
        let queue = ResponseQueue(limit: 100)
        var resumed = 0

        #expect(!queue.deliver(Self.message(60)).isFull)
        #expect(queue.deliver(Self.message(40)).isFull)
        #expect(queue.deliver(Self.message(20)).isFull)
        _ = try await queue.next { resumed += 1 }
        #expect(resumed == 0)
        _ = try await queue.next { resumed += 1 }
        _ = try await queue.next { resumed += 1 }

        #expect(resumed == 1)
    }

    @Test func `wakes the reader that waits`() async throws {
        let queue = ResponseQueue(limit: 100)

        async let message = queue.next {}
        async let delivered = queue.deliver(Self.message(7))

        #expect(try await message?.readableBytes == 7)
        #expect(await !delivered.isFull)
    }

    @Test func `counts the credit of what is taken, and tells once enough is owed`() async throws {
        let queue = ResponseQueue(limit: 1000)
        queue.report(at: 40)
        var told = 0
        for _ in 0..<4 { _ = queue.deliver(Self.message(10), charge: 20) }

        _ = try await queue.next { told += 1 }
        #expect(told == 0)
        _ = try await queue.next { told += 1 }
        #expect(told == 1)
        _ = try await queue.next { told += 1 }

        #expect(told == 1)
        #expect(queue.collectTaken() == .init(charge: 60, size: 60))
        #expect(queue.collectTaken() == .init())
    }

    @Test func `what nobody will read any more counts as taken`() {
        let queue = ResponseQueue(limit: 1000)
        queue.cancel()

        #expect(queue.deliver(Self.message(10), charge: 20).taken == .init(charge: 20, size: 20))
    }

    @Test func `cancelling drops what waits and comes first`() async throws {
        let queue = ResponseQueue(limit: 100)
        _ = queue.deliver(Self.message(1))

        queue.cancel()

        #expect(!queue.deliver(Self.message(1)).isFull)
        await #expect(throws: CancellationError.self) { try await queue.next {} }
    }

    @Test(arguments: [0, 2])
    func `what is cancelled does not look complete, although the end has come`(waiting: Int) async throws {
        let queue = ResponseQueue(limit: 100)
        for _ in 0..<waiting { _ = queue.deliver(Self.message(1)) }
        queue.finish(.success(()))

        queue.cancel()

        await #expect(throws: CancellationError.self) { try await queue.next {} }
    }

    @Test func `why a call failed counts more than that it was cancelled later`() async throws {
        let queue = ResponseQueue(limit: 100)
        queue.finish(.failure(Status(.aborted, "x")))

        queue.cancel()

        await #expect(throws: Status(.aborted, "x")) { try await queue.next {} }
    }

    @Test func `empty messages fill it too`() {
        let queue = ResponseQueue(limit: 100)

        let deliveries = (0..<10).map { _ in queue.deliver(ByteBuffer()).isFull }

        #expect(deliveries == Array(repeating: false, count: 9) + [true])
    }

    @Test func `a short message that waits does not keep what it was read with`() async throws {
        let queue = ResponseQueue(limit: 100)
        var read = ByteBuffer(repeating: 1, count: 64 * 1024)
        _ = queue.deliver(read.readSlice(length: 7) ?? ByteBuffer())

        let message = try await queue.next {}

        #expect(message?.readableBytes == 7)
        #expect(message.map { $0.storageCapacity < 1024 } == true)
    }
}
