import Foundation
import Kernel
import Postgres
import RPC
import Synchronization

extension LedgerCommand {
    /// A command that somebody has sent.
    init(_ key: CommandKey, account: UUID, _ action: Action) {
        self.init(id: key.commandID, account: account, actor: key.principal, digest: key.digest, action)
    }
}

extension CommandKey {
    /// The same for every repeat of a command, and nobody else's.
    fileprivate var commandID: UUID {
        let principal = withUnsafeBytes(of: self.principal.uuid) { Array($0) }
        return UUID(hashing: principal + Array("\(self.operation) \(self.requestID.text)".utf8))
    }

    /// What tells a repeat from another request with the same id.
    fileprivate var digest: UUID {
        self.requestHash.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}

/// What never changes of a hold.
struct HoldIdentity: Sendable {
    let account: UUID
    let amount: CreditAmount
}

extension LedgerEngine {
    /// Whose hold it is and how much it holds, ended or not.
    ///
    /// - Parameters:
    ///   - hold: Its identifier.
    ///   - key: Of the command that names it; `nil` for a command of the hub itself.
    /// - Returns: What never changes of it.
    /// - Throws: `NOT_FOUND` when there is no such hold. That alone of all refusals is not kept: the hold may be placed yet,
    ///   and then the command belongs to a lane that nobody knows now. `INVALID_ARGUMENT` with reason `REQUEST_ID_REUSED`
    ///   when the key belongs to another command.
    func identity(of hold: UUID, for key: CommandKey? = nil) async throws -> HoldIdentity {
        if let known = self.identities.withLock({ $0[hold] }) { return known }
        let parameters: [Parameter] = [.uuid(hold), .uuid(optional: key?.commandID), .uuid(optional: key?.digest)]
        let found = try await self.database.first(readIdentity, parameters) { row in
            guard let account = try row.optionalUUID(0) else {
                throw try row.bool(2) ? Status.requestIDReused : Status(.noHold(hold))
            }
            return HoldIdentity(account: account, amount: CreditAmount(micro: try row.int(1)))
        }
        guard let found else { throw PostgresError(.decoding, "no row tells whose the hold is") }
        return found
    }
}

extension LedgerEngine {
    /// What commands have come to that were answered for good.
    func answers(to commands: [LedgerCommand]) async throws -> StoredAnswers {
        let ids = Parameter.uuids(commands.map(\.id))
        return StoredAnswers(
            entries: try await self.database.rows(StoredAnswers.readEntries, [ids]) { row in try Entry(row) },
            refusals: try await self.database.rows(StoredRefusal.read, [ids], StoredRefusal.init)
        )
    }

    /// Whether a command with the same id was carried out or refused.
    func hasAnswered(_ command: LedgerCommand) async throws -> Bool {
        try await self.answers(to: [command])[command] != nil
    }
}

/// In one statement: a repeat of what was carried out between two would be taken for another command.
private let readIdentity = Statement(
    """
    SELECT h.account, h.held, CASE WHEN h.id IS NULL THEN
            EXISTS (SELECT FROM entry WHERE id = $2::uuid)
            OR EXISTS (SELECT FROM refusal WHERE id = $2::uuid AND digest <> $3::uuid)
        END
    FROM (VALUES ($1::uuid)) wanted (id) LEFT JOIN entry h ON h.id = wanted.id AND h.kind = 6
    """
)
