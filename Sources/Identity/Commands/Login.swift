package import Contract
import Foundation
import Postgres
package import RPC
import SwiftProtobuf

extension IdentityService {
    /// Signs in. Every attempt is counted before its hash, and an unknown address is hashed like a known one.
    package func login(_ request: LoginRequest, _ call: CallContext) async throws -> TokenPair {
        let email = try EmailAddress(field: "email", request.email)
        let password = try Password(field: "password", request.password)
        let client = call.client
        try await self.throttle.countAttempt(on: email, from: client)

        let account = try await self.database.first(selectAccount, [.text(email.key)]) { row in
            (id: try row.uuid(0), hash: try row.text(1))
        }
        let isRight = try await self.verify(password, against: account?.hash)
        guard let account, isRight else {
            try await self.noteRefusedCall(call, "sign-in.refused", actor: nil, ["client_address": client.text])
            throw Status.invalidCredentials
        }
        await self.throttle.forgiveAttempt(on: email, from: client)

        let configuration = self.configuration
        let refreshToken = try await self.database.write { transaction in
            try transaction.openSession(
                of: account.id,
                from: client,
                lifetime: configuration.sessionLifetime,
                sealing: configuration.masterKey.sealing
            )
        }
        return try await self.pair(refreshToken, for: account.id)
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
