import Credits
import Foundation
import Kernel
import Postgres

extension Transaction {
    /// Makes an account with its role and its credits; waits for whoever makes one of the same address.
    ///
    /// - Returns: The new user, or `nil` if the address is taken.
    borrowing func makeAccount(
        _ email: EmailAddress,
        hash: String,
        role: Role,
        requestID: String? = nil
    ) throws -> UUID? {
        let id = UUID.v7()
        let made = try self.run(
            insertAccount,
            [
                .uuid(id), .text(email.text), .text(email.key), .text(hash), .int(Password.scheme),
                .int(MasterKey.version),
            ]
        )
        guard made == 1 else { return nil }
        try self.run(insertRole, [.uuid(id), .int(role.rawValue)])
        try self.note("user.registered", user: id, ["role": "\(role)"], requestID: requestID)
        try CreditsService.openAccount(self, for: id)
        return id
    }

    /// Notes that somebody wanted an account of an address that has one.
    borrowing func noteRepeatedSignUp(_ email: EmailAddress, requestID: String) throws {
        guard let id = try self.first(lockAccount, [.text(email.key)], { try $0.uuid(0) }) else { return }
        try self.note("user.repeated_signup", user: id, [:], requestID: requestID)
    }

    /// The account's row is new or locked, so its stream of the journal is ours.
    private borrowing func note(
        _ kind: String,
        user id: UUID,
        _ facts: [String: String],
        requestID: String?
    ) throws {
        try Journal.append(
            self,
            stream: "user:\(id.text)",
            kind: kind,
            actor: nil,
            requestID: requestID,
            payload: JournalFacts.of(facts)
        )
    }
}

private let insertAccount = Statement(
    """
    INSERT INTO user_account (id, email, email_key, password_hash, password_scheme, pepper_version)
    VALUES ($1::uuid, $2, $3, $4, $5::smallint, $6::smallint)
    ON CONFLICT (email_key) DO NOTHING
    """
)

private let insertRole = Statement("INSERT INTO user_role (user_id, role_id) VALUES ($1::uuid, $2::smallint)")

private let lockAccount = Statement("SELECT id FROM user_account WHERE email_key = $1 FOR UPDATE")
