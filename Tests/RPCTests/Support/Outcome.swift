import RPC

/// Runs something that may fail, for a test that looks at the failure later.
func outcome<Value: Sendable>(of body: () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await body()) } catch { return .failure(error) }
}

extension Result {
    /// The status it failed with.
    var status: Status? {
        if case .failure(let error) = self { error as? Status } else { nil }
    }
}
