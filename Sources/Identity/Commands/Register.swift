package import Contract
import Postgres
package import RPC
import SwiftProtobuf

extension IdentityService {
    /// Makes an account. A known address costs the same hash, changes nothing and is answered the same.
    package func register(_ request: RegisterRequest, _ call: CallContext) async throws -> RegisterResponse {
        let email = try EmailAddress(field: "email", request.email)
        let password = try Password(field: "password", request.password)
        try password.requireStrength(field: "password", for: email)
        let hash = try await self.hash(password)
        let requestID = call.requestID
        try await self.database.write { transaction in
            let made = try transaction.makeAccount(email, hash: hash, role: .user, requestID: requestID)
            if made == nil { try transaction.noteRepeatedSignUp(email, requestID: requestID) }
        }
        return .with {
            $0.email = email.text
            $0.message = "If the address had no account before, it has one now. Sign in with your password."
        }
    }
}
