import Contract
package import Foundation
import Kernel
package import Postgres

extension CreditsService {
    /// Opens the account of a new user with 1 credit, in the transaction that makes the user. A user who has one keeps it
    /// as it is.
    package static func openAccount(_ transaction: borrowing Transaction, for userID: UUID) throws {
        let id = UUID.v7()
        guard try transaction.run(insertAccount, [.uuid(id), .uuid(userID)]) == 1 else { return }
        var account = LockedAccount(id: id, owner: userID, state: AccountState(balance: .zero, held: .zero), version: 0)
        try transaction.store(AccountState(balance: .one, held: .zero), in: &account)
        let sequence = try Journal.append(
            transaction,
            stream: account.stream,
            version: account.version,
            kind: "credits.account-opened",
            actor: nil,
            payload: account.message
        )
        let gift = Transfer(kind: .initial, house: .issuance, amount: .one, memo: "Welcome")
        try transaction.post(gift, on: account, journal: sequence)
    }
}

private let insertAccount = Statement(
    """
    INSERT INTO account (id, owner, kind) VALUES ($1::uuid, $2::uuid, 1)
    ON CONFLICT (owner) WHERE kind = 1 DO NOTHING
    """
)
