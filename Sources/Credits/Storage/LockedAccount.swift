import Contract
import Foundation
import Kernel
import Postgres
import RPC

/// A user's account whose row this transaction has locked, so that nobody else changes it until the end.
struct LockedAccount: Sendable {
    let id: UUID
    let owner: UUID
    var state: AccountState
    var version: Int64

    /// The stream of its changes in the journal.
    var stream: String { "account:\(self.id.text)" }

    /// The balance as the contract shows it.
    var message: Balance { Balance(self.owner, self.state) }
}

extension Transaction {
    /// Locks the account of a user.
    ///
    /// - Throws: `NOT_FOUND` when the user has none.
    borrowing func lockAccount(of owner: UUID) throws -> LockedAccount {
        guard let account = try self.first(lockByOwner, [.uuid(owner)], readAccount) else {
            throw Status.notFound("credit account", "of user \(owner.text)")
        }
        return account
    }

    /// Locks an account that is known to exist.
    borrowing func lockAccount(_ id: UUID) throws -> LockedAccount {
        guard let account = try self.first(lockByID, [.uuid(id)], readAccount) else {
            throw Status.notFound("credit account", id.text)
        }
        return account
    }

    /// Writes the new state of a locked account and counts the change.
    borrowing func store(_ state: AccountState, in account: inout LockedAccount) throws {
        account.state = state
        account.version += 1
        try self.run(
            storeState,
            [.uuid(account.id), .int(state.balance.micro), .int(state.held.micro), .int(account.version)]
        )
    }
}

@Sendable private func readAccount(_ row: borrowing Row) throws -> LockedAccount {
    LockedAccount(
        id: try row.uuid(0),
        owner: try row.uuid(1),
        state: AccountState(balance: CreditAmount(micro: try row.int(2)), held: CreditAmount(micro: try row.int(3))),
        version: try row.int(4)
    )
}

private let lockByOwner = Statement(
    "SELECT id, owner, balance, held, version FROM account WHERE owner = $1::uuid AND kind = 1 FOR UPDATE"
)

private let lockByID = Statement(
    "SELECT id, owner, balance, held, version FROM account WHERE id = $1::uuid AND kind = 1 FOR UPDATE"
)

private let storeState = Statement(
    "UPDATE account SET balance = $2::bigint, held = $3::bigint, version = $4::bigint WHERE id = $1::uuid"
)
