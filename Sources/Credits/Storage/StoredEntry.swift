import Foundation
import Postgres

extension Entry {
    /// Reads whole entries. The condition is our own text, never anybody's input.
    static func read(_ condition: String) -> Statement {
        Statement(
            """
            SELECT account, version, id, kind, amount, held, balance_after, held_after, hold, step, actor, digest,
                coalesce(service, ''), coalesce(model, ''), coalesce(reason, ''), ledger_micros(at), ledger_micros(expires_at)
            FROM entry WHERE \(condition)
            """
        )
    }

    init(_ row: borrowing Row) throws {
        guard let kind = EntryKind(rawValue: Int16(try row.int(3))) else {
            throw PostgresError(.decoding, "the entry has an unknown kind")
        }
        self.init(
            account: try row.uuid(0),
            version: try row.int(1),
            id: try row.uuid(2),
            kind: kind,
            amount: CreditAmount(micro: try row.int(4)),
            held: CreditAmount(micro: try row.int(5)),
            balanceAfter: CreditAmount(micro: try row.int(6)),
            heldAfter: CreditAmount(micro: try row.int(7)),
            hold: try row.optionalUUID(8),
            step: try row.optionalInt(9).map { Int16($0) },
            actor: try row.optionalUUID(10),
            digest: try row.optionalUUID(11),
            service: try row.text(12),
            model: try row.text(13),
            reason: try row.text(14),
            at: LedgerTime(microseconds: try row.int(15)),
            expiresAt: try row.optionalInt(16).map { LedgerTime(microseconds: $0) }
        )
    }
}
