internal import Dispatch
internal import Foundation

/// Hashes and verifies passwords on threads of its own, because bcrypt blocks for as long as its cost demands.
///
/// Both wait in one queue, so a caller cannot tell from the time which of them happened. A full queue refuses at once.
package final class PasswordHasher: Sendable {
    /// Too many passwords wait already. Try again after a few seconds.
    package struct QueueFull: Error {}

    /// The hasher is gone.
    package struct Closed: Error {}

    /// How many doublings of work a hash costs.
    package let cost: Int
    private let queue: HashQueue
    private let decoy: String

    /// - Parameters:
    ///   - cost: Doublings of work per hash, 4 to 31; 12 takes about a quarter of a second.
    ///   - threads: How many hashes are computed at once.
    ///   - waiting: How many may wait for a thread.
    /// - Throws: `CryptographyError` if the cost is out of range.
    package init(
        cost: Int = 12,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount,
        waiting: Int = 64
    ) throws(CryptographyError) {
        precondition(threads > 0 && waiting > 0)
        self.cost = cost
        self.decoy = try Bcrypt.decoy(cost: cost)
        self.queue = HashQueue(limit: waiting)
        for _ in 0..<threads {
            let thread = Thread { [queue] in while let job = queue.next() { job() } }
            thread.name = "bcrypt"
            thread.start()
        }
    }

    deinit { self.queue.close() }

    /// The bcrypt hash of `secret`, at most 72 bytes without a NUL.
    ///
    /// - Throws: ``QueueFull``, `CryptographyError`, or `CancellationError` if the caller left before its turn.
    package func hash(_ secret: [UInt8]) async throws -> String {
        let cost = self.cost
        return try await self.queue.run { try Bcrypt.hash(secret, cost: cost) }
    }

    /// Whether `hash` was made from `secret`. With no hash the answer is false and takes as long to come.
    ///
    /// - Throws: as ``hash(_:)`` does.
    package func verify(_ secret: [UInt8], against hash: String?) async throws -> Bool {
        let hash = hash ?? self.decoy
        return try await self.queue.run { try Bcrypt.verify(secret, against: hash) }
    }
}
