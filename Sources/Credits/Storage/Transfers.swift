import Contract
import Foundation
import Kernel
import Postgres

/// One movement between a user's account and the house.
struct Transfer: Sendable {
    let kind: TransactionKind
    let house: HouseAccount
    /// What the user gains; negative for what the user pays. Not 0.
    let amount: CreditAmount
    var holdID: UUID?
    let memo: String
}

extension Transaction {
    /// Writes a movement beside the journal row that explains it. The account's state is already the new one.
    borrowing func post(_ transfer: Transfer, on account: LockedAccount, journal sequence: Int64) throws {
        let gains = transfer.amount > .zero
        try self.run(
            insertTransfer,
            [
                .uuid(UUID.v7()),
                .uuid(gains ? transfer.house.id : account.id),
                .uuid(gains ? account.id : transfer.house.id),
                .int(gains ? transfer.amount.micro : -transfer.amount.micro),
                .int(Int64(transfer.kind.rawValue)),
                transfer.holdID.map { .uuid($0) } ?? .null,
                .text(transfer.memo),
                .int(account.state.balance.micro),
                .int(sequence),
            ]
        )
    }
}

private let insertTransfer = Statement(
    """
    INSERT INTO transfer (id, debit, credit, amount, kind, hold_id, memo, balance_after, journal_seq)
    VALUES ($1::uuid, $2::uuid, $3::uuid, $4::bigint, $5::smallint, $6::uuid, $7, $8::bigint, $9::bigint)
    """
)
