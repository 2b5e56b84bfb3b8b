import Foundation
import Postgres

/// An account as its entries tell it, and one of its open holds.
struct StoredAccount: Sendable {
    let book: AccountBook
    let hold: StoredHold?

    /// Reads many accounts with their open holds, a row for each hold. The latest entries of an account show nearly all of
    /// them; the sweeper and settlements find the others.
    static let read = Statement(
        """
        SELECT hold.*, last.account, last.version, last.balance_after, last.held_after
        FROM unnest($1::uuid[]) wanted (id)
        CROSS JOIN LATERAL (SELECT * FROM entry WHERE account = wanted.id ORDER BY version DESC LIMIT 1) last
        LEFT JOIN LATERAL (
            SELECT \(StoredHold.columns)
            FROM (SELECT * FROM entry WHERE account = wanted.id ORDER BY version DESC LIMIT 256) h \(StoredHold.joins)
            WHERE h.kind = 6 AND e.kind IS NULL
        ) hold ON last.held_after > 0
        """
    )

    init(_ row: borrowing Row) throws {
        self.hold = try row.optionalUUID(0) == nil ? nil : StoredHold(row)
        let first = StoredHold.columnCount
        let state = AccountState(
            balance: CreditAmount(micro: try row.int(first + 2)),
            held: CreditAmount(micro: try row.int(first + 3))
        )
        self.book = AccountBook(account: try row.uuid(first), version: try row.int(first + 1), state: state)
    }
}

extension [UUID: AccountBook] {
    /// Adds an account, or an open hold to one that is there.
    mutating func learn(_ stored: StoredAccount) {
        if self[stored.book.account] == nil { self[stored.book.account] = stored.book }
        if let hold = stored.hold { self.learn(hold) }
    }

    /// Adds an open hold to its account, if that is there.
    mutating func learn(_ hold: StoredHold) {
        self[hold.account]?.learn(hold.id, hold.open)
    }
}
