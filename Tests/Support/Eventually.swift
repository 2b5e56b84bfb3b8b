package import Testing

/// Waits until a condition that another process or task brings about holds, at most 20 seconds. It asks again at once
/// after giving way to others, so it returns as soon as the condition holds.
package func eventually(
    _ condition: () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        await Task.yield()
    }
    Issue.record("the condition did not hold within 20 seconds", sourceLocation: sourceLocation)
}
