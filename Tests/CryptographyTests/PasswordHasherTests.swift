import Synchronization
import Testing

@testable import Cryptography

@Suite struct PasswordHasherTests {
    @Test func `verifies what it hashed`() async throws {
        let hasher = try PasswordHasher(cost: 4, threads: 2)

        let hash = try await hasher.hash([1, 2, 3])

        #expect(try await hasher.verify([1, 2, 3], against: hash))
        #expect(try await !hasher.verify([1, 2, 4], against: hash))
        #expect(try await !hasher.verify([1, 2, 3], against: nil))
    }

    @Test func `works through many at once and passes errors on`() async throws {
        let hasher = try PasswordHasher(cost: 4, threads: 2, waiting: 100)

        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...50 as ClosedRange<UInt8> {
                group.addTask {
                    let hash = try await hasher.hash([number])
                    #expect(try await hasher.verify([number], against: hash))
                    await #expect(throws: CryptographyError.self) { try await hasher.verify([number], against: "junk") }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a full queue refuses at once and serves the others`() async throws {
        let queue = HashQueue(limit: 2)  // and no thread that would empty it

        let outcomes = await withTaskGroup(of: Outcome.self) { group in
            for _ in 1...3 { group.addTask { await Outcome { try await queue.run {} } } }
            let first = await group.next()
            for _ in 1...2 { queue.next()?() }
            return await group.reduce(into: [first]) { $0.append($1) }
        }

        #expect(outcomes == [.refused, .done, .done])
    }

    @Test func `who leaves before his turn frees his place`() async throws {
        let queue = HashQueue(limit: 1)
        let leaver = Task { try await queue.run { 1 } }

        leaver.cancel()

        await #expect(throws: CancellationError.self) { try await leaver.value }
        async let next = queue.run { 2 }
        let job = try #require(queue.next())
        job()
        #expect(try await next == 2)
    }

    @Test func `a closed queue does what waits, then lets its threads go and refuses`() async throws {
        let queue = HashQueue(limit: 1)
        let ran = Mutex(false)
        async let waiting: Void = queue.run { ran.withLock { $0 = true } }
        let job = try #require(queue.next())

        queue.close()
        job()
        try await waiting

        #expect(ran.withLock { $0 })
        #expect(queue.next() == nil)
        #expect(queue.next() == nil)
        await #expect(throws: PasswordHasher.Closed.self) { try await queue.run {} }
    }
}

private enum Outcome {
    case done
    case refused
    case failed

    init(_ body: () async throws -> Void) async {
        do {
            try await body()
            self = .done
        } catch is PasswordHasher.QueueFull {
            self = .refused
        } catch {
            self = .failed
        }
    }
}
