import Testing

@testable import RPC

struct BackoffTests {
    @Test func `doubles up to the longest wait and starts over`() {
        var backoff = Backoff(first: .milliseconds(100), longest: .milliseconds(500))

        let waits = (0..<5).map { _ in backoff.failed(chance: 1) }
        backoff.succeeded()

        #expect(waits == [100, 200, 400, 500, 500].map { .milliseconds($0) })
        #expect(backoff.failed(chance: 1) == .milliseconds(100))
    }

    @Test func `chance shortens a wait to no less than half`() {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(1))

        #expect(backoff.failed(chance: 0) == .milliseconds(50))
        #expect(backoff.failed(chance: 0.5) == .milliseconds(150))
    }

    @Test func `many failures do not overflow`() {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(1))

        for _ in 0..<1000 { _ = backoff.failed(chance: 1) }

        #expect(backoff.failed(chance: 1) == .seconds(1))
    }
}
