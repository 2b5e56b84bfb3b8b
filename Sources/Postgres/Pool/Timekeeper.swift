import Synchronization

/// Ends the wait of callers that found no free connection. Sleeps until the oldest one's deadline: as all wait equally
/// long, nobody who comes later is due earlier.
final class Timekeeper: Sendable {
    private let bell = Bell()
    private let isAwake = Atomic(false)
    private let isClosed = Atomic(false)

    /// Must follow every new wait.
    func noteWait() {
        if !self.isAwake.exchange(true, ordering: .acquiringAndReleasing) { self.bell.ring() }
    }

    func close() {
        self.isClosed.store(true, ordering: .releasing)
        self.bell.ring()
    }

    /// Runs until closed. `expire` ends the waits that are due and answers when the next one is, if anybody waits.
    func run(_ expire: () -> ContinuousClock.Instant?) {
        while !self.isClosed.load(ordering: .acquiring) {
            if let deadline = expire() {
                self.bell.wait(atMost: ContinuousClock.now.duration(to: deadline))
                continue
            }
            self.isAwake.store(false, ordering: .sequentiallyConsistent)
            if let deadline = expire() {  // somebody came between the look and the store
                self.isAwake.store(true, ordering: .sequentiallyConsistent)
                self.bell.wait(atMost: ContinuousClock.now.duration(to: deadline))
            } else {
                self.bell.wait()
            }
        }
    }
}
