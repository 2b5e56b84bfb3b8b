import Cryptography
import Foundation
import RPC
import Synchronization

/// Issues access tokens and reads those that callers present.
final class AccessTokens: Sendable {
    /// How many verified tokens are remembered, so that a signature is checked once and not at every call.
    private static let remembered = 20_000

    private let issuer: String
    private let audience: String
    private let lifetime: Int64
    private let keys: SigningKeys
    private let recent = Mutex(RecentTokens(limit: AccessTokens.remembered))

    init(_ configuration: IdentityConfiguration, keys: SigningKeys) {
        self.issuer = configuration.issuer
        self.audience = configuration.audience
        self.lifetime = configuration.accessTokenLifetime.components.seconds
        self.keys = keys
    }

    /// A token for a session, and its life in seconds.
    func issue(for userID: UUID, session: UUID) async throws -> (token: String, lifetime: Int64) {
        let ring = try await self.keys.ring()
        let now = Self.now
        let claims = AccessClaims(userID: userID, sessionID: session, issuedAt: now, expiresAt: now + self.lifetime)
        let token = try JSONWebToken.sign(
            claims.members(issuer: self.issuer, audience: self.audience),
            type: AccessClaims.type,
            keyID: ring.signingID,
            key: ring.signingKey
        )
        return (token, self.lifetime)
    }

    /// What the token of a credential says, `Bearer …`. Whether its session still lives is another question.
    ///
    /// - Throws: `UNAUTHENTICATED`, or what the database throws.
    func read(_ credential: Credential) async throws -> AccessClaims {
        let claims = try await self.knownClaims(of: credential)
        guard Self.now < claims.expiresAt else { throw Status.tokenExpired }
        return claims
    }

    /// A connection whose caller is the same as before knows what the token says; else the hash tells, if the token was
    /// verified lately.
    private func knownClaims(of credential: Credential) async throws -> AccessClaims {
        if let known = credential.finding as? KnownClaims { return known.claims }
        let token = try credential.bearerToken
        let hash = SHA256.hash(token.utf8)
        let claims: AccessClaims
        if let known = self.recent.withLock({ $0.claims(of: hash) }) {
            claims = known
        } else {
            claims = try await self.verify(token)
            self.recent.withLock { $0.insert(claims, of: hash) }
        }
        credential.finding = KnownClaims(claims)
        return claims
    }

    private func verify(_ token: String) async throws -> AccessClaims {
        do {
            return try self.claims(of: token, by: try await self.keys.ring())
        } catch JSONWebToken.Refusal.unknownKey {
            // Another node may have a newer key. Junk with invented keys costs one look per second.
            do {
                return try self.claims(of: token, by: try await self.keys.ring(notOlderThan: .seconds(1)))
            } catch is JSONWebToken.Refusal {
                throw Status.tokenInvalid
            }
        } catch JSONWebToken.Refusal.expired {
            throw Status.tokenExpired
        } catch is JSONWebToken.Refusal {
            throw Status.tokenInvalid
        }
    }

    private func claims(of token: String, by ring: KeyRing) throws -> AccessClaims {
        let members = try JSONWebToken.verify(token, type: AccessClaims.type, now: Self.now) { ring.publicKeys[$0] }
        guard let claims = AccessClaims(members, issuer: self.issuer, audience: self.audience) else {
            throw JSONWebToken.Refusal.malformed
        }
        return claims
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}

/// What a credential's token was found to say.
private final class KnownClaims: Sendable {
    let claims: AccessClaims

    init(_ claims: AccessClaims) {
        self.claims = claims
    }
}

extension Credential {
    /// What the caller presents as `Bearer …`.
    fileprivate var bearerToken: String {
        get throws {
            let parts = self.text.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Status.tokenInvalid }
            return String(parts[1])
        }
    }
}
