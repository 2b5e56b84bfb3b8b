/// Keeps repetitions from adding to the load of a server in trouble. A pure value.
struct RetryBudget: Equatable {
    private static let refund = 0.1
    private let most: Double
    private(set) var tokens: Double

    init(_ tokens: Int) {
        self.most = Double(tokens)
        self.tokens = Double(tokens)
    }

    /// Whether a call may be repeated now.
    var allowsRetry: Bool { self.tokens > self.most / 2 }

    /// A try failed in a way that repeating might mend.
    mutating func noteFailure() {
        self.tokens = max(0, self.tokens - 1)
    }

    /// A call went well.
    mutating func noteSuccess() {
        self.tokens = min(self.most, self.tokens + Self.refund)
    }
}
