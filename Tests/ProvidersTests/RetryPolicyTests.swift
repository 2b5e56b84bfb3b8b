import Inference
import Testing

@testable import Providers

@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy(attempts: 10, jitter: { 0 })

    @Test(arguments: [(1, 500), (2, 1000), (3, 2000), (4, 4000), (5, 8000), (6, 8000), (9, 8000)])
    func `doubles the wait up to eight seconds`(attempt: Int, milliseconds: Int) {
        let delay = self.policy.delay(after: ChatModelFailure(.notSent, ""), attempt: attempt)

        #expect(delay == .milliseconds(milliseconds))
    }

    @Test func `leaves out a part of the wait`() {
        let policy = RetryPolicy(jitter: { 0.25 })

        #expect(policy.delay(after: ChatModelFailure(.notSent, ""), attempt: 1) == .milliseconds(375))
    }

    @Test func `leaves out a quarter at most by itself`() throws {
        for _ in 0..<1000 {
            let delay = try #require(RetryPolicy().delay(after: ChatModelFailure(.notSent, ""), attempt: 1))

            #expect((.milliseconds(375))...(.milliseconds(500)) ~= delay)
        }
    }

    @Test(arguments: [(1, 1), (10, 10), (11, nil), (86_400, nil)] as [(Int, Int?)])
    func `waits as long as the provider asks, up to its limit`(asked: Int, waited: Int?) {
        let failure = ChatModelFailure(.refused(status: 429), "", retryAfter: .seconds(asked))

        #expect(self.policy.delay(after: failure, attempt: 1) == waited.map { .seconds($0) })
    }

    @Test func `backs off when the provider asks for no wait at all`() {
        let failure = ChatModelFailure(.refused(status: 429), "", retryAfter: .zero)

        #expect(self.policy.delay(after: failure, attempt: 1) == .milliseconds(500))
    }

    @Test(arguments: [ChatModelFailure.Phase.permanent(status: 400), .ambiguous, .midStream])
    func `never repeats what is final or may be billed`(phase: ChatModelFailure.Phase) {
        #expect(self.policy.delay(after: ChatModelFailure(phase, ""), attempt: 1) == nil)
    }

    @Test func `gives up after three attempts`() {
        let failure = ChatModelFailure(.refused(status: 503), "")

        #expect(RetryPolicy().delay(after: failure, attempt: 2) != nil)
        #expect(RetryPolicy().delay(after: failure, attempt: 3) == nil)
    }
}
