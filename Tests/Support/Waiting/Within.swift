/// What was awaited did not happen in time.
package struct TimedOut: Error, CustomStringConvertible {
    /// How long was waited, and for what.
    package let description: String
}

/// Runs `body`, which must heed cancellation, for at most the given time.
///
/// - Throws: `TimedOut`, or what `body` throws.
package func within<Value: Sendable>(
    _ limit: Duration,
    _ what: String = "something",
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await ContinuousClock().sleep(for: limit)
            throw TimedOut(description: "waited \(limit) for \(what)")
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}

/// Asks again and again, without a pause between, until the answer is true; meant for questions that do I/O.
///
/// - Throws: `TimedOut` when it is not true in time, or what `condition` throws.
package func eventually(
    within limit: Duration = .seconds(20),
    _ what: String = "a condition",
    _ condition: @escaping @Sendable () async throws -> Bool
) async throws {
    try await Support.within(limit, what) {
        while try await !condition() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
