package import Support
import Synchronization

/// Chooses what the proxies do to the exchanges, by chance, and counts it.
package final class FaultDice: Sendable {
    private struct State {
        var chance: Chance
        var counts: [String: Int] = [:]
        var isStill = true
    }

    private let state: Mutex<State>
    private let weights: [(weight: Int, value: Fault?)]

    /// - Parameters:
    ///   - seed: The same seed chooses the same, as long as it is asked for the same.
    ///   - abandons: Whether clients may be cut off from what the server still works on. What these exchanges do is seen
    ///     while others run, so runs with them are less alike.
    package init(seed: UInt64, abandons: Bool) {
        self.state = Mutex(State(chance: Chance(seed: seed)))
        self.weights = [
            (930, nil), (20, .loseRequest), (30, .loseAnswer), (10, .delay(.milliseconds(2))),
            (abandons ? 10 : 0, .abandon),
        ]
    }

    /// Lets nothing happen, as in the beginning, or goes on.
    package func setStill(_ isStill: Bool) { self.state.withLock { $0.isStill = isStill } }

    /// How often which fault happened.
    package var counts: [String: Int] { self.state.withLock(\.counts) }

    /// One fault in fifteen exchanges that commit, fewer in the others.
    package func choose(for exchange: Exchange) -> Fault? {
        self.state.withLock { state in
            guard !state.isStill, exchange.commits || state.chance.happens(200) else { return nil }
            guard let fault = state.chance.pick(self.weights) else { return nil }
            state.counts["\(fault.name)\(exchange.commits ? ", commit" : "")", default: 0] += 1
            return fault
        }
    }
}
