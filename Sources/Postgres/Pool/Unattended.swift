/// The caller of a job that nobody waits for.
final class Unattended: Caller {
    private let failure: @Sendable (PostgresError) -> Void

    init(_ failure: @escaping @Sendable (PostgresError) -> Void) {
        self.failure = failure
    }

    func start() -> Bool { true }

    func fail(_ error: any Error) {
        self.failure(error as? PostgresError ?? PostgresError(.unavailable, "\(error)"))
    }
}
