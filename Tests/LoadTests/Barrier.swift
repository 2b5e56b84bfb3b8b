import Synchronization

/// Where a number of tasks wait until all of them have come. A cancelled one lets all go, so that none waits for ever.
final class Barrier: Sendable {
    private struct State {
        var missing: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(of count: Int) {
        self.state = Mutex(State(missing: count))
    }

    func pass() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { task in
                self.letGo { state in
                    state.missing -= 1
                    state.waiting.append(task)
                }
            }
        } onCancel: {
            self.letGo { $0.missing = 0 }
        }
    }

    private func letGo(_ change: (inout State) -> Void) {
        let ready = self.state.withLock { state in
            change(&state)
            guard state.missing <= 0 else { return [] as [CheckedContinuation<Void, Never>] }
            defer { state.waiting = [] }
            return state.waiting
        }
        ready.forEach { $0.resume() }
    }
}
