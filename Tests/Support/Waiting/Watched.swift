import Synchronization

/// State that one side changes and another waits for.
package final class Watched<State: Sendable>: Sendable {
    private struct Storage {
        var state: State
        var version = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextNumber = 0
    }

    private let storage: Mutex<Storage>

    /// Starts with the given state.
    package init(_ state: State) {
        self.storage = Mutex(Storage(state: state))
    }

    /// The state as it is now.
    package var state: State { self.storage.withLock(\.state) }

    /// Changes the state and wakes who waits for it.
    package func update(_ change: @Sendable (inout State) -> Void) {
        let waiting = self.storage.withLock { storage in
            change(&storage.state)
            storage.version += 1
            defer { storage.waiting = [:] }
            return storage.waiting.values
        }
        waiting.forEach { $0.resume() }
    }

    /// Waits until `look` finds in the state what it looks for.
    ///
    /// - Throws: `TimedOut` when it is not there in time.
    package func wait<Value: Sendable>(
        within limit: Duration = .seconds(20),
        for what: String = "a state",
        _ look: @escaping @Sendable (State) -> Value?
    ) async throws -> Value {
        try await Support.within(limit, what) {
            while true {
                let (value, version) = self.storage.withLock { (look($0.state), $0.version) }
                if let value { return value }
                try await self.change(after: version)
            }
        }
    }

    private func change(after version: Int) async throws {
        let number = self.storage.withLock { storage in
            storage.nextNumber += 1
            return storage.nextNumber
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = self.storage.withLock { storage in
                    if storage.version != version || Task.isCancelled { return true }
                    storage.waiting[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            self.storage.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
        try Task.checkCancellation()
    }
}
