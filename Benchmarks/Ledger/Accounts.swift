import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import SwiftProtobuf

/// The users whose credits are held.
struct Accounts: Sendable {
    /// How often each of them is met.
    enum Spread {
        case uniform
        case zipf(exponent: Double)
        /// Only the first.
        case hot
    }

    /// The users in the order of their numbers.
    let ids: [UUID]

    /// The same users in each process, with ids that spread like random ones.
    init(_ count: Int) {
        var random = Randomness(seed: 1)
        self.ids = (0..<count).map { _ in random.uuid() }
    }

    /// Makes the ledger's tables and opens the accounts in the ledger's own way. The credit that each gets suffices for a
    /// million holds of the least amount; the hot account gets more.
    func open(in connection: String) async throws {
        _ = try await Migrator.apply(migrations, to: connection, logger: quietLogger)
        try await withDatabase(connection) { database in
            try await database.write { [ids] transaction in
                for id in ids { try CreditsService.openAccount(transaction, for: id) }
            }
        }
        try await withLedger(in: connection) { credits in
            let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)")
            try await LedgerServer.serve(credits, on: .unix(path: folder.path)) { client in
                let request = AdjustCreditsRequest.with {
                    $0.requestID = "hot"
                    $0.userID = self.ids[0].text
                    $0.amount = "1000000"
                    $0.reason = "To be held again and again"
                }
                _ = try await CreditCommandsClient(client).adjustCredits(request)
            }
        }
    }
}

extension Accounts {
    /// Draws accounts so often.
    func sampler(_ spread: Spread) -> Sampler {
        switch spread {
        case .uniform: Sampler { [ids] in ids[$0.below(ids.count)] }
        case .hot: Sampler { [hot = self.ids[0]] _ in hot }
        case .zipf(let exponent): self.zipf(exponent)
        }
    }

    private func zipf(_ exponent: Double) -> Sampler {
        var sum = 0.0
        let sums = (1...self.ids.count).map { rank in
            sum += pow(Double(rank), -exponent)
            return sum
        }
        return Sampler { [ids, total = sum] random in
            let wanted = random.fraction() * total
            var (low, high) = (0, sums.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if sums[middle] < wanted { low = middle + 1 } else { high = middle }
            }
            return ids[low]
        }
    }
}

/// Draws an account.
struct Sampler: Sendable {
    let draw: @Sendable (inout Randomness) -> UUID
}
