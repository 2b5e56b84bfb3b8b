import Contract
import Foundation
import Kernel
import Postgres
import RPC
import SwiftProtobuf

/// A hold as it is stored.
struct StoredHold: Sendable {
    let id: UUID
    let account: UUID
    let owner: UUID
    let amount: CreditAmount
    let service: String
    var phase: HoldPhase
    var settled: CreditAmount
    let expiresAt: Date
    /// Whether its time has run out by the database's clock, ended or not.
    let isOverdue: Bool

    /// The hold as the contract shows it.
    var message: Hold {
        .with {
            $0.holdID = self.id.text
            $0.userID = self.owner.text
            $0.amount = self.amount.description
            $0.state = HoldState(self.phase)
            $0.settled = self.settled.description
            $0.expiresAt = Google_Protobuf_Timestamp(microsecond: self.expiresAt)
        }
    }
}

extension Transaction {
    /// Stores a new hold that expires `lifetime` seconds from now by the database's clock.
    borrowing func insertHold(
        _ id: UUID,
        on account: LockedAccount,
        _ amount: CreditAmount,
        lifetime seconds: Int64,
        service: String
    ) throws -> StoredHold? {
        try self.first(
            insertRow,
            [.uuid(id), .uuid(account.id), .int(amount.micro), .text(service), .int(seconds)],
            readHold
        )
    }

    /// Locks the account of a hold and then the hold, in the order that every writer keeps.
    ///
    /// - Throws: `NOT_FOUND`.
    borrowing func lockHold(_ id: UUID) throws -> (account: LockedAccount, hold: StoredHold) {
        // A hold never changes its account, so this needs no lock.
        guard let owner = try self.first(accountOfHold, [.uuid(id)], { try $0.uuid(0) }) else {
            throw Status.notFound("hold", id.text)
        }
        let account = try self.lockAccount(owner)
        guard let hold = try self.placedHold(id) else {
            throw Status.notFound("hold", id.text)
        }
        return (account, hold)
    }

    /// Locks a hold, if there is one, whose account is locked already.
    borrowing func placedHold(_ id: UUID) throws -> StoredHold? {
        try self.first(lockRow, [.uuid(id)], readHold)
    }

    /// Open holds of a locked account whose time has run out.
    borrowing func overdueHolds(of account: LockedAccount) throws -> [StoredHold] {
        try self.rows(overdueOfAccount, [.uuid(account.id)], readHold)
    }

    /// Ends a locked hold: what was spent moves to the house, the rest returns.
    borrowing func end(
        _ hold: inout StoredHold,
        as phase: HoldPhase,
        spending spent: CreditAmount = .zero,
        on account: inout LockedAccount,
        actor: UUID?,
        requestID: String? = nil
    ) throws {
        guard let state = account.state.ending(hold.amount, spending: spent) else {
            throw Status(.internal, "Hold \(hold.id.text) does not fit its account.")
        }
        hold.phase = phase
        hold.settled = spent
        try self.run(endRow, [.uuid(hold.id), .int(phase.rawValue), .int(spent.micro)])
        try self.store(state, in: &account)
        let sequence = try Journal.append(
            self,
            stream: account.stream,
            version: account.version,
            kind: "credits.hold-\(phase)",
            actor: actor,
            requestID: requestID,
            payload: hold.message
        )
        guard spent > .zero else { return }
        let amount = CreditAmount(micro: -spent.micro)
        let usage = Transfer(kind: .usage, house: .revenue, amount: amount, holdID: hold.id, memo: hold.service)
        try self.post(usage, on: account, journal: sequence)
    }
}

@Sendable private func readHold(_ row: borrowing Row) throws -> StoredHold {
    guard let phase = HoldPhase(rawValue: try row.int(5)) else {
        throw Status(.internal, "The hold has an unknown state.")
    }
    return StoredHold(
        id: try row.uuid(0),
        account: try row.uuid(1),
        owner: try row.uuid(2),
        amount: CreditAmount(micro: try row.int(3)),
        service: try row.text(4),
        phase: phase,
        settled: CreditAmount(micro: try row.int(6)),
        expiresAt: try row.date(7),
        isOverdue: try row.bool(8)
    )
}

/// The columns that `readHold` reads, of `hold h` and `account a`.
private let holdColumns =
    "h.id, h.account, a.owner, h.amount, h.service, h.state, h.settled, h.expires_at, h.expires_at <= clock_timestamp()"

private let insertRow = Statement(
    """
    WITH h AS (
        INSERT INTO hold (id, account, amount, service, expires_at)
        VALUES ($1::uuid, $2::uuid, $3::bigint, $4, clock_timestamp() + make_interval(secs => $5::bigint))
        ON CONFLICT (id) DO NOTHING
        RETURNING *
    )
    SELECT \(holdColumns) FROM h JOIN account a ON a.id = h.account
    """
)

private let accountOfHold = Statement("SELECT account FROM hold WHERE id = $1::uuid")

private let lockRow = Statement(
    "SELECT \(holdColumns) FROM hold h JOIN account a ON a.id = h.account WHERE h.id = $1::uuid FOR UPDATE OF h"
)

private let overdueOfAccount = Statement(
    """
    SELECT \(holdColumns) FROM hold h JOIN account a ON a.id = h.account
    WHERE h.account = $1::uuid AND h.state = 0 AND h.expires_at <= clock_timestamp()
    ORDER BY h.id LIMIT 100 FOR UPDATE OF h
    """
)

private let endRow = Statement(
    "UPDATE hold SET state = $2::smallint, settled = $3::bigint, ended_at = clock_timestamp() WHERE id = $1::uuid"
)
