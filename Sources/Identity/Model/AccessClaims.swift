import Cryptography
import Foundation
import Kernel

/// What an access token says: who calls, in which session, until when.
struct AccessClaims: Sendable, Equatable {
    /// `typ` of an access token (RFC 9068). No other token of the hub has it.
    static let type = "at+jwt"

    let userID: UUID
    let sessionID: UUID
    /// Names this token alone.
    let tokenID: UUID
    /// Seconds since 1970.
    let issuedAt: Int64, expiresAt: Int64

    init(userID: UUID, sessionID: UUID, issuedAt: Int64, expiresAt: Int64) {
        self.userID = userID
        self.sessionID = sessionID
        self.tokenID = .v7()
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    /// Reads the claims of a verified token; `nil` if they are not complete or speak to somebody else.
    init?(_ members: TokenMembers, issuer: String, audience: String) {
        guard members.string("iss") == issuer, members.string("aud") == audience,
            let userID = members.string("sub").flatMap(UUID.init(uuidString:)),
            let sessionID = members.string("sid").flatMap(UUID.init(uuidString:)),
            let tokenID = members.string("jti").flatMap(UUID.init(uuidString:)),
            let issuedAt = members.integer("iat"), let expiresAt = members.integer("exp")
        else { return nil }
        self.userID = userID
        self.sessionID = sessionID
        self.tokenID = tokenID
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    /// What is signed.
    func members(issuer: String, audience: String) -> TokenMembers {
        TokenMembers([
            "iss": .string(issuer),
            "aud": .string(audience),
            "sub": .string(self.userID.text),
            "sid": .string(self.sessionID.text),
            "jti": .string(self.tokenID.text),
            "iat": .integer(self.issuedAt),
            "nbf": .integer(self.issuedAt),
            "exp": .integer(self.expiresAt),
        ])
    }
}
