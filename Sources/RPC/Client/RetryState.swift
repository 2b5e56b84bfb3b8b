/// How often a call has been tried, and whether it is tried again. A pure value.
struct RetryState {
    /// What to do about a failed try.
    enum Decision: Equatable {
        case fail
        case retry(after: Duration)
    }

    /// Whether sending the call again does no harm although it may have been executed.
    private let isRepeatable: Bool
    /// Tries that reached or may have reached the server.
    private(set) var attempts = 1
    private var unsent = 0
    private var wasRefused = false
    private var backoff: Backoff

    init(_ method: MethodDescriptor, hasKey: Bool, _ policy: RetryPolicy) {
        self.isRepeatable = method.safety != .command || hasKey
        self.backoff = Backoff(first: policy.firstBackoff, longest: policy.longestBackoff)
    }

    /// A try failed. `isBound` says whether something came or went that cannot be repeated: a response, or messages
    /// behind the request; `chance` is anything from 0 to 1.
    mutating func decide(
        _ failure: AttemptFailure,
        isBound: Bool,
        _ policy: RetryPolicy,
        _ budget: inout RetryBudget,
        chance: Double
    ) -> Decision {
        let isWorthwhile = policy.mends(failure)
        if failure.reach != .unsent, isWorthwhile { budget.noteFailure() }
        guard isWorthwhile, !isBound, failure.pushback != .never else { return .fail }
        if failure.reach == .unsent { return self.sendLater(policy, chance) }
        if failure.reach == .unprocessed, !self.wasRefused {
            self.wasRefused = true
            return policy.retry(after: failure.pushback?.time ?? .zero)
        }
        guard self.isRepeatable, self.attempts < min(policy.maxAttempts, 5), budget.allowsRetry else { return .fail }
        self.attempts += 1
        let backoff = self.backoff.failed(chance: chance)
        return policy.retry(after: failure.pushback?.time ?? backoff)
    }

    /// Nothing was sent, so that trying again is free. Every few times it waits, lest it go round in circles.
    private mutating func sendLater(_ policy: RetryPolicy, _ chance: Double) -> Decision {
        self.unsent += 1
        if self.unsent <= 5 { return .retry(after: .zero) }
        return policy.waitsForConnection ? .retry(after: self.backoff.failed(chance: chance)) : .fail
    }
}

extension RetryPolicy {
    /// Whether another try might do better.
    func mends(_ failure: AttemptFailure) -> Bool {
        failure.reach != .processed || self.codes.contains(failure.status.code)
    }

    fileprivate func retry(after time: Duration) -> RetryState.Decision {
        time <= self.longestPushback ? .retry(after: time) : .fail
    }
}

extension Pushback {
    fileprivate var time: Duration? {
        if case .after(let time) = self { time } else { nil }
    }
}
