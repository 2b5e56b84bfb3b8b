import Foundation
import RPC
import Synchronization

/// Commands whose answers are waited for together.
final class CommandGroup: Sendable {
    private struct State {
        var results: [Result<Entry, any Error>?]
        var left: Int
    }

    private let state: Mutex<State>
    private let continuation: CheckedContinuation<[Result<Entry, any Error>], Never>

    /// `count` is how many commands there are, at least 1.
    init(of count: Int, _ continuation: CheckedContinuation<[Result<Entry, any Error>], Never>) {
        self.state = Mutex(State(results: Array(repeating: nil, count: count), left: count))
        self.continuation = continuation
    }

    /// Each command is resolved once; the last one ends the wait.
    func resolve(_ index: Int, with result: Result<Entry, any Error>) {
        let all = self.state.withLock { state -> [Result<Entry, any Error>]? in
            state.results[index] = result
            state.left -= 1
            return state.left == 0 ? state.results.compactMap(\.self) : nil
        }
        if let all { self.continuation.resume(returning: all) }
    }
}

extension LedgerEngine {
    /// Carries out many commands, each for itself; those on one account in their order.
    ///
    /// - Returns: What each came to, as `post` of one returns and throws it.
    /// - Throws: `PostgresError` when nothing was begun.
    func post(_ commands: [LedgerCommand]) async throws -> [Result<Entry, any Error>] {
        let lanes = try await self.allLanes()
        guard !commands.isEmpty else { return [] }
        var shares: [[(index: Int, command: LedgerCommand)]] = Array(repeating: [], count: lanes.count)
        for (index, command) in commands.enumerated() {
            shares[command.account.lane(among: lanes.count)].append((index, command))
        }
        return await withCheckedContinuation { continuation in
            let group = CommandGroup(of: commands.count, continuation)
            for (lane, share) in zip(lanes, shares) where !share.isEmpty { lane.post(share, for: group) }
        }
    }
}
