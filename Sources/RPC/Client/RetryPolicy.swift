/// Whether and how a client sends a call again that has failed.
///
/// A call that may have been executed is sent again only if that does no harm: queries, idempotent methods, and calls
/// whose metadata holds an `idempotency-key`. None is sent again once a response has reached the caller.
package struct RetryPolicy: Sendable {
    /// How often a call is sent altogether; 1 never sends one again that may have reached the server.
    package var maxAttempts = 5

    /// How long to wait before the first repetition; doubles with each further one. Each wait is shortened by chance, to
    /// at least half. What the server says about it counts more.
    package var firstBackoff: Duration = .milliseconds(50)

    /// The longest wait.
    package var longestBackoff: Duration = .seconds(1)

    /// The longest wait that a server may ask for; if it asks for a longer one the call fails.
    package var longestPushback: Duration = .seconds(10)

    /// The failures after which a call may be repeated.
    package var codes: Set<Status.Code> = [.unavailable]

    /// Tokens of the client's budget: each failure takes one, each success returns a tenth, and at half of them or
    /// less nothing is repeated.
    package var budget = 100

    /// Whether a call waits for a connection until its deadline instead of failing when nobody can be reached.
    package var waitsForConnection = false

    /// Makes a policy of defaults.
    package init() {}

    /// The policy that sends nothing again that may have reached the server.
    package static var never: RetryPolicy {
        var policy = RetryPolicy()
        policy.maxAttempts = 1
        return policy
    }
}
