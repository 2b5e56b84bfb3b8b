import Foundation
import Postgres

extension AccountBook {
    /// Reads the states of many accounts, without their holds.
    static let read = Statement(
        """
        SELECT account, version, balance_after, held_after
        FROM unnest($1::uuid[]) wanted (id)
        CROSS JOIN LATERAL (SELECT * FROM entry WHERE account = wanted.id ORDER BY version DESC LIMIT 1) last
        """
    )

    init(_ row: borrowing Row) throws {
        let state = AccountState(
            balance: CreditAmount(micro: try row.int(2)),
            held: CreditAmount(micro: try row.int(3))
        )
        self.init(account: try row.uuid(0), version: try row.int(1), state: state)
    }
}

extension StoredHold {
    /// Reads the open holds of many accounts. The latest entries of an account show nearly all of them; the sweeper and
    /// settlements find the others.
    static let readOpen = StoredHold.read(
        """
        unnest($1::uuid[]) wanted (id)
        CROSS JOIN LATERAL (SELECT * FROM entry WHERE account = wanted.id ORDER BY version DESC LIMIT 256) h
        """,
        where: "h.kind = 6 AND e.kind IS NULL"
    )
}
