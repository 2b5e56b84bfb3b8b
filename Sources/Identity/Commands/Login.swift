package import Contract
import Foundation
import Kernel
import Postgres
package import RPC
import SwiftProtobuf

extension IdentityService {
    /// Signs in. Every attempt is counted before its hash, and an unknown address is hashed like a known one.
    package func login(_ request: LoginRequest, _ call: CallContext) async throws -> TokenPair {
        let email = try EmailAddress(field: "email", request.email)
        let password = try Password(field: "password", request.password)
        let client = call.client
        let userID = try await self.throttle.attempt(on: email, from: client) {
            try await self.user(email, with: password)
        }
        guard let userID else {
            try await self.noteRefusedCall(call, "sign-in.refused", actor: nil, ["client_address": client.text])
            throw Status.invalidCredentials
        }

        let configuration = self.configuration
        let refreshToken = try await self.database.write { transaction in
            try transaction.openSession(
                of: userID,
                from: client,
                lifetime: configuration.sessionLifetime,
                sealing: configuration.masterKey.sealing
            )
        }
        return try await self.pair(refreshToken, for: userID)
    }

    /// Whose address and password these are; `nil` if they belong to nobody.
    private func user(_ email: EmailAddress, with password: Password) async throws -> UUID? {
        let account = try await self.database.first(selectAccount, [.text(email.key)]) { row in
            (id: try row.uuid(0), hash: try row.text(1))
        }
        return try await self.verify(password, against: account?.hash) ? account?.id : nil
    }

    /// What a client gets that has signed in or refreshed.
    func pair(_ refreshToken: RefreshToken, for userID: UUID) async throws -> TokenPair {
        let access = try await self.tokens.issue(for: userID, session: refreshToken.sessionID)
        return .with {
            $0.accessToken = access.token
            $0.refreshToken = refreshToken.text
            $0.tokenType = "Bearer"
            $0.expiresIn = Int32(clamping: access.lifetime)
        }
    }
}

private let selectAccount = Statement("SELECT id, password_hash FROM user_account WHERE email_key = $1")
