import Kernel
import RPC
import Synchronization

/// How many bulk runs are under way here: each keeps a file and a connection busy.
final class BulkPlaces: Sendable {
    private static let limit = 2

    private let taken = Mutex(0)

    /// Runs `body` if there is a place for it.
    ///
    /// - Throws: `RESOURCE_EXHAUSTED` with reason `BUSY`.
    func occupying<Value>(_ body: () async throws -> Value) async throws -> Value {
        let isFree = self.taken.withLock { taken in
            guard taken < Self.limit else { return false }
            taken += 1
            return true
        }
        guard isFree else {
            throw Status.hub(
                .resourceExhausted,
                "BUSY",
                "\(Self.limit) bulk adjustments are under way; try again when one has ended."
            )
        }
        defer { self.taken.withLock { $0 -= 1 } }
        return try await body()
    }
}
