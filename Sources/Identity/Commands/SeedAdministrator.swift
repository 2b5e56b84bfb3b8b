import Cryptography
import Kernel
import Postgres
import RPC

extension IdentityService {
    /// Makes the first administrator, a SuperAdmin with credits of its own, if the hub has none.
    ///
    /// - Returns: The generated password, told once and stored only as a hash; `nil` if there is an administrator.
    /// - Throws: `INVALID_ARGUMENT` for a malformed address, `ALREADY_EXISTS` if it belongs to an account: whoever
    ///   registered it first must not become an administrator.
    package func seedAdministrator(email: String) async throws -> String? {
        let email = try EmailAddress(field: "email", email)
        guard try await self.database.first(selectAdministrator, [], { try $0.int(0) }) == nil else { return nil }
        let text = Base64URL.encode(Randomness.bytes(18))
        let hash = try await self.hash(try Password(field: "password", text))
        let made = try await self.database.write { transaction in
            try transaction.run(lockRoles)
            guard try transaction.first(selectAdministrator, [], { try $0.int(0) }) == nil else { return false }
            guard try transaction.makeAccount(email, hash: hash, role: .superAdmin) != nil else {
                throw Status.hub(.alreadyExists, "EMAIL_TAKEN", "\(email.text) belongs to an account; choose another.")
            }
            return true
        }
        return made ? text : nil
    }
}

private let lockRoles = Statement("SELECT id FROM role WHERE id = 1 FOR UPDATE")

private let selectAdministrator = Statement("SELECT 1 FROM user_role WHERE role_id = 1 LIMIT 1")
