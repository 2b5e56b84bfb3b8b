import Dispatch
import Support

/// Holds up a transaction on its thread, as a slow statement would, until it is opened.
final class Gate: Sendable {
    private let entered = Watched(0)
    private let semaphore = DispatchSemaphore(value: 0)

    /// Called on the connection's thread.
    func pass() {
        self.entered.update { $0 += 1 }
        _ = self.semaphore.wait(timeout: .now() + .seconds(30))
    }

    /// Lets one pass.
    func open() {
        self.semaphore.signal()
    }

    /// Waits until somebody stands before the gate.
    func isReached() async throws {
        try await self.entered.wait(for: "somebody at the gate") { $0 > 0 ? () : nil }
    }
}
