import Synchronization

/// Named places where handlers wait until the test lets them go on, and where the test waits for handlers.
final class Gates: Sendable {
    private struct State {
        var open: Set<String> = []
        var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]
    }

    private let state = Mutex(State())

    /// Waits until a gate is open. Cancellation opens it too.
    func pass(_ name: String) async throws {
        await withTaskCancellationHandler {
            await self.waitIgnoringCancellation(name)
        } onCancel: {
            self.open(name)
        }
        try Task.checkCancellation()
    }

    /// Waits until a gate is open, whatever happens to the task.
    func waitIgnoringCancellation(_ name: String) async {
        await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                if !state.open.contains(name) { state.waiting[name, default: []].append(continuation) }
                return state.open.contains(name)
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Opens a gate for good.
    func open(_ name: String) {
        let waiting = self.state.withLock { state in
            state.open.insert(name)
            return state.waiting.removeValue(forKey: name) ?? []
        }
        waiting.forEach { $0.resume() }
    }

    /// Whether a gate has been opened.
    func isOpen(_ name: String) -> Bool {
        self.state.withLock { $0.open.contains(name) }
    }
}
