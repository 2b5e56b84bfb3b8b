import Contract
import Cryptography
import Foundation
import Kernel
import Postgres
import RPC
import Support
import Testing

@testable import Identity

@Suite struct AccessTokensTests {
    private func presented(_ token: String) throws -> Credential {
        try #require(Credential(in: ["authorization": "Bearer \(token)"]))
    }

    @Test func `a token says what its reader needs`() async throws {
        try await withHub { hub in
            let pair = try await hub.newcomer()
            let parts = pair.accessToken.split(separator: ".").compactMap { Base64URL.decode($0) }
            let header = try JSONDecoder().decode([String: String].self, from: Data(parts[0]))
            let claims = try #require(TokenMembersProbe(parts[1]))

            #expect(
                header.keys.sorted() == ["alg", "kid", "typ"] && header["alg"] == "ES256" && header["typ"] == "at+jwt"
            )
            #expect(claims.strings["iss"] == "smart-ai-hub" && claims.strings["aud"] == "smart-ai-hub-api")
            #expect(claims.strings["sid"] == RefreshTokenForm.session(of: pair.refreshToken)?.text)
            #expect(claims.numbers["exp"].map { $0 - (claims.numbers["iat"] ?? 0) } == 900)
            #expect(claims.strings["sub"] != nil && claims.strings["jti"] != nil)
        }
    }

    @Test func `a token that has run out is refused as such, remembered or not`() async throws {
        try await withHub(configure: { $0.accessTokenLifetime = .seconds(0) }) { hub in
            let token = try await hub.newcomer().accessToken

            #expect(try await refusal { try await hub.access().getMe(token) }.reason == "TOKEN_EXPIRED")
        }
    }

    @Test func `a credential that was found good runs out all the same`() async throws {
        try await withHub(configure: { $0.accessTokenLifetime = .seconds(2) }) { hub in
            let tokens = hub.node.tokens
            let token = try await tokens.issue(for: UUID(), session: UUID()).token
            let credential = try self.presented(token)

            let first = try await tokens.read(credential)
            #expect(try await tokens.read(credential) == first)
            try await eventually {
                do {
                    _ = try await tokens.read(credential)
                    return false
                } catch let status as Status {
                    return status.reason == "TOKEN_EXPIRED"
                }
            }
        }
    }

    @Test func `junk is refused`() async throws {
        try await withHub { hub in
            for token in ["", "Bearer", "x", "a.b.c", String(repeating: "A", count: 1_048_576)] {
                let status = try await refusal { try await hub.access().getMe(token) }

                #expect(status.code == .unauthenticated && status.reason == "TOKEN_INVALID")
            }
        }
    }

    @Test func `no token, two tokens and other schemes are refused`() async throws {
        try await withHub { hub in
            let token = try await hub.newcomer().accessToken
            let method = IdentityQueries.getMe.descriptor
            let guardOfMethod = try hub.access().access.interceptor(for: method)

            for values in [["Basic \(token)"], [token], ["Bearer \(token)", "Bearer \(token)"]] {
                let call = hub.call(method, authorization: values)
                #expect(
                    try await refusal { try await guardOfMethod.before(call, subject: nil) }.reason == "TOKEN_INVALID"
                )
            }
            #expect(try await refusal { try await hub.access().getMe(nil) }.reason == "TOKEN_MISSING")
            try await guardOfMethod.before(hub.call(method, authorization: ["bearer \(token)"]), subject: nil)
        }
    }

    @Test func `a token of another key, issuer, audience, type or session is refused`() async throws {
        try await withHub { hub in
            let access = hub.access()
            let pair = try await hub.newcomer()
            let user = try await access.admit(IdentityQueries.getMe.descriptor, pair.accessToken).principal
            let ring = try await hub.keys().ring()
            let now = Int64(Date().timeIntervalSince1970)
            let claims = AccessClaims(
                userID: user.userID,
                sessionID: user.sessionID,
                issuedAt: now,
                expiresAt: now + 900
            )
            func token(
                issuer: String = "smart-ai-hub",
                audience: String = "smart-ai-hub-api",
                type: String = "at+jwt",
                keyID: String? = nil,
                key: ES256SigningKey? = nil,
                claims other: AccessClaims? = nil
            ) throws -> String {
                let members = (other ?? claims).members(issuer: issuer, audience: audience)
                let keyID = keyID ?? ring.signingID
                return try JSONWebToken.sign(members, type: type, keyID: keyID, key: key ?? ring.signingKey)
            }
            let stranger = AccessClaims(userID: UUID(), sessionID: user.sessionID, issuedAt: now, expiresAt: now + 900)
            let closed = AccessClaims(userID: user.userID, sessionID: UUID(), issuedAt: now, expiresAt: now + 900)

            try await access.getMe(try token())
            let forged = [
                try token(issuer: "other"), try token(audience: "smart-ai-hub-mcp"), try token(type: "rt+jwt"),
                try token(keyID: "k1' OR true--"), try token(key: ES256SigningKey()),
                try token(keyID: "unknown", key: ES256SigningKey()),
            ]
            for token in forged {
                #expect(try await refusal { try await access.getMe(token) }.reason == "TOKEN_INVALID")
            }
            for token in [try token(claims: stranger), try token(claims: closed)] {
                #expect(try await refusal { try await access.getMe(token) }.reason == "SESSION_ENDED")
            }
        }
    }

    @Test func `eight nodes that start at once make one key, sealed, that all of them know`() async throws {
        try await withHub { hub in
            let nodes = try (0..<8).map { _ in try hub.anotherNode() }

            let tokens = try await withThrowingTaskGroup(of: String.self) { group in
                for node in nodes { group.addTask { try await node.tokens.issue(for: UUID(), session: UUID()).token } }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(try await hub.number("SELECT count(*) FROM signing_key") == 1)
            for (node, token) in zip(nodes.reversed(), tokens) {
                _ = try await node.tokens.read(try self.presented(token))
            }
            let sealed = try #require(
                try await hub.database.first("SELECT sealed_private_key FROM signing_key") { try $0.bytes(0) }
            )
            #expect(throws: CryptographyError.self) { try ES256SigningKey(der: sealed) }
        }
    }

    @Test func `a new key is found by nodes that do not know it, a retired one is refused`() async throws {
        try await withHub { hub in
            let old = try await hub.newcomer().accessToken
            try await hub.database.run("UPDATE signing_key SET retired_at = clock_timestamp()")

            let new = try await hub.anotherNode().tokens.issue(for: UUID(), session: UUID()).token

            #expect(try await hub.number("SELECT count(*) FROM signing_key") == 2)
            let reader = try hub.anotherNode().tokens
            #expect(try await refusal { try await reader.read(try self.presented(old)) }.reason == "TOKEN_INVALID")
            _ = try await reader.read(try self.presented(new))
        }
    }

    @Test func `another master key opens nothing`() async throws {
        try await withHub { hub in
            _ = try await hub.newcomer()
            var configuration = hub.configuration
            configuration.masterKey = try MasterKey(Randomness.bytes(32))
            let stranger = try hub.anotherNode(configuration)

            await #expect(throws: CryptographyError.self) {
                try await stranger.tokens.issue(for: UUID(), session: UUID())
            }
            #expect(throws: CryptographyError.self) { try MasterKey([1, 2, 3]) }
        }
    }
}

/// The claims of a token as any JSON reader sees them.
private struct TokenMembersProbe {
    var strings: [String: String] = [:]
    var numbers: [String: Int] = [:]

    init?(_ json: [UInt8]) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(json)) as? [String: Any] else { return nil }
        for (name, value) in object {
            if let string = value as? String { self.strings[name] = string }
            if let number = value as? Int { self.numbers[name] = number }
        }
    }
}
