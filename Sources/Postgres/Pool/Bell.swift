import Dispatch

/// Wakes one thread that waits for it; a ring before the wait is not lost.
final class Bell: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func ring() {
        self.semaphore.signal()
    }

    func wait() {
        self.semaphore.wait()
    }

    func wait(atMost duration: Duration) {
        let nanoseconds = max(0, Int(duration / .nanoseconds(1)))
        _ = self.semaphore.wait(timeout: .now() + .nanoseconds(nanoseconds))
    }
}
