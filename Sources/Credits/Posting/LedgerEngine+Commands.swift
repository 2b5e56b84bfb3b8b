import Foundation
import Kernel
import Postgres
import RPC
import Synchronization

extension LedgerCommand {
    /// A command that somebody has sent.
    init(_ key: CommandKey, account: UUID, _ action: Action) {
        self.init(
            id: UUID(key),
            account: account,
            actor: key.principal,
            digest: key.requestHash.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) },
            action
        )
    }
}

extension UUID {
    /// The same for every repeat of a command, and nobody else's.
    fileprivate init(_ key: CommandKey) {
        let principal = withUnsafeBytes(of: key.principal.uuid) { Array($0) }
        self.init(hashing: principal + Array("\(key.operation) \(key.requestID.text)".utf8))
    }
}

/// What never changes of a hold.
struct HoldIdentity: Sendable {
    let account: UUID
    let amount: CreditAmount
}

extension LedgerEngine {
    /// Whose hold it is and how much it holds, ended or not. One that does not exist is nobody's and holds nothing; the
    /// ledger refuses it, and that is final for the command as every refusal is.
    func identity(of hold: UUID) async throws -> HoldIdentity {
        if let known = self.identities.withLock({ $0[hold] }) { return known }
        let found = try await self.database.first(readIdentity, [.uuid(hold)]) { row in
            HoldIdentity(account: try row.uuid(0), amount: CreditAmount(micro: try row.int(1)))
        }
        return found ?? HoldIdentity(account: hold, amount: .zero)
    }
}

extension LedgerEngine {
    /// Whether a command with the same id was carried out or refused.
    func hasAnswered(_ command: LedgerCommand) async throws -> Bool {
        try await self.database.first(readWhetherAnswered, [.uuid(command.id)]) { row in try row.bool(0) } ?? false
    }
}

private let readWhetherAnswered = Statement(
    "SELECT EXISTS (SELECT FROM entry WHERE id = $1::uuid) OR EXISTS (SELECT FROM refusal WHERE id = $1::uuid)"
)

private let readIdentity = Statement("SELECT account, held FROM entry WHERE id = $1::uuid AND kind = 6")
