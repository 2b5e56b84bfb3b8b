import Dispatch

/// Holds up a transaction on its thread, as a slow statement would, until it is opened.
package final class Gate: Sendable {
    private let entered = Watched(0)
    private let semaphore = DispatchSemaphore(value: 0)

    package init() {}

    /// Called on the connection's thread.
    package func pass() {
        self.entered.update { $0 += 1 }
        _ = self.semaphore.wait(timeout: .now() + .seconds(30))
    }

    /// Lets one pass.
    package func open() {
        self.semaphore.signal()
    }

    /// Waits until somebody stands before the gate.
    package func isReached() async throws {
        try await self.entered.wait(for: "somebody at the gate") { $0 > 0 ? () : nil }
    }
}
