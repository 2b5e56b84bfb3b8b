import Testing

@testable import Postgres

struct InboxTests {
    @Test func `takes at most as many jobs and bytes as asked for, but always one`() throws {
        let inbox = Inbox<Int>(limit: 100)
        for number in 0..<10 { try inbox.put(job(number, size: number == 3 ? 1000 : 10)) }

        let byCount = inbox.take(atMost: 2, bytes: 500)
        let byBytes = inbox.take(atMost: 64, bytes: 500)
        let large = inbox.take(atMost: 64, bytes: 500)
        let rest = inbox.take(atMost: 64, bytes: 500)

        #expect(byCount.map(\.work) == [0, 1])
        #expect(byBytes.map(\.work) == [2])
        #expect(large.map(\.work) == [3])
        #expect(rest.map(\.work) == [4, 5, 6, 7, 8, 9])
    }

    @Test func `a removed job frees its place`() throws {
        let inbox = Inbox<Int>(limit: 1)
        let first = job(1)
        try inbox.put(first)

        #expect(throws: PostgresError.self) { try inbox.put(job(2)) }
        inbox.remove(first.caller)
        try inbox.put(job(3))

        #expect(inbox.take(atMost: 9, bytes: 0).map(\.work) == [3])
    }

    @Test func `what waited too long leaves in order`() throws {
        let inbox = Inbox<Int>(limit: 9)
        let now = ContinuousClock.now
        try inbox.put(job(1, deadline: now))
        try inbox.put(job(2, deadline: now + .seconds(1)))

        let expired = inbox.expire(now)

        #expect(expired.jobs.map(\.work) == [1])
        #expect(expired.error.kind == .acquireTimedOut)
        #expect(inbox.earliestDeadline == now + .seconds(1))
    }

    @Test func `while there is an outage, that is the reason`() throws {
        let inbox = Inbox<Int>(limit: 9)
        _ = inbox.note(outage: PostgresError(.unavailable, "refused"))
        try inbox.put(job(1, deadline: .now))

        #expect(inbox.expire(.now + .seconds(1)).error == PostgresError(.unavailable, "refused"))
    }

    @Test func `a closed inbox hands over what waited and takes nothing more`() throws {
        let inbox = Inbox<Int>(limit: 9)
        try inbox.put(job(1))

        #expect(inbox.close().map(\.work) == [1])
        #expect(throws: PostgresError.self) { try inbox.put(job(2)) }
    }

    private func job(_ number: Int, size: Int = 0, deadline: ContinuousClock.Instant = .now) -> Job<Int> {
        Job(work: number, size: size, deadline: deadline, caller: Waiter<Int>())
    }
}
