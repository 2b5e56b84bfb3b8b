import Contract
package import Foundation
import Kernel
package import Postgres

extension CreditsService {
    /// Opens the account of a new user with 1 credit, in the transaction that makes the user. A user who has one keeps it
    /// as it is.
    package static func openAccount(_ transaction: borrowing Transaction, for userID: UUID) throws {
        // Nobody knows the account yet, so it needs no lane: its stream has this one posting.
        let gift = Entry(
            account: userID,
            version: 1,
            id: userID.derived("initial"),
            kind: .initial,
            amount: .one,
            balanceAfter: .one,
            heldAfter: .zero,
            reason: "Welcome"
        )
        try transaction.run(
            append,
            [.text("account:\(userID.text)")] + EntryColumns([gift]).parameters
        )
    }
}

private let append = Statement(
    """
    SELECT ledger_append(
        $1, 0, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
        \(Int64.min), \(Int64.max)
    )
    """
)
