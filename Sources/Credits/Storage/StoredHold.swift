import Foundation
import Postgres

/// A hold as its entries tell it.
struct StoredHold: Sendable {
    let id: UUID
    let account: UUID
    let open: OpenHold
    /// How it has ended, if it has.
    let end: EndedHold?

    /// Of holds `h`, with their last extension `x` and their end `e`.
    static let columns = """
        h.id, h.account, h.held, ledger_micros(coalesce(x.expires_at, h.expires_at)), coalesce(x.step, 0),
        coalesce(h.service, ''), coalesce(h.model, ''), e.kind, e.amount
        """

    /// How many these are.
    static let columnCount = 9

    /// What `columns` needs besides `h`.
    static let joins = """
        LEFT JOIN LATERAL (
            SELECT step, expires_at FROM entry WHERE hold = h.id AND step > 0 ORDER BY step DESC LIMIT 1
        ) x ON true
        LEFT JOIN entry e ON e.hold = h.id AND e.step = 0
        """

    /// Reads holds `h`.
    static func read(_ source: String, where condition: String = "true") -> Statement {
        Statement("SELECT \(Self.columns) FROM \(source) \(Self.joins) WHERE \(condition)")
    }

    /// Reads the holds of many accounts that are over and that the sweeper has not got to yet. The clock is read once: asked
    /// for each row it could not choose them by index.
    static let readOverdue = StoredHold.read(
        """
        (SELECT DISTINCT listed.hold FROM hold_due d, unnest(d.accounts, d.holds) listed (account, hold)
         WHERE d.due <= (SELECT ledger_clock()) AND listed.account = ANY ($1::uuid[])) due
        JOIN entry h ON h.id = due.hold AND h.kind = 6
        """,
        where: "e.kind IS NULL"
    )
}

extension StoredHold {
    init(_ row: borrowing Row) throws {
        self.id = try row.uuid(0)
        self.account = try row.uuid(1)
        self.open = OpenHold(
            amount: CreditAmount(micro: try row.int(2)),
            expiresAt: LedgerTime(microseconds: try row.int(3)),
            extensions: Int16(try row.int(4)),
            service: try row.text(5),
            model: try row.text(6)
        )
        guard let number = try row.optionalInt(7), let kind = EntryKind(rawValue: Int16(number)) else {
            self.end = nil
            return
        }
        self.end = EndedHold(
            phase: HoldPhase(ending: kind),
            settled: CreditAmount(micro: try row.int(8)).negated,
            amount: self.open.amount,
            expiresAt: self.open.expiresAt
        )
    }
}
