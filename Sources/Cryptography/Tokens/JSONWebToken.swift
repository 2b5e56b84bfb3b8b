/// Signed tokens in the compact form (RFC 7519), as small as the hub needs them: ES256, strings and whole numbers.
package enum JSONWebToken {
    /// The longest token that is looked at, in bytes.
    package static let longest = 8_192
    /// How far another node's clock may run ahead, in seconds.
    package static let leeway: Int64 = 60

    /// Why a token is worth nothing.
    package enum Refusal: Error, Equatable {
        case malformed
        case wrongAlgorithm
        case wrongType
        case unknownKey
        case badSignature
        case expired
        case notYetValid
    }

    /// Signs `claims`. The header says ES256, the token's type and which key signed.
    package static func sign(
        _ claims: TokenMembers,
        type: String,
        keyID: String,
        key: ES256SigningKey
    ) throws(CryptographyError) -> String {
        let header = TokenMembers(["alg": .string(ES256.algorithm), "typ": .string(type), "kid": .string(keyID)])
        let content = "\(Base64URL.encode(header.json)).\(Base64URL.encode(claims.json))"
        return "\(content).\(Base64URL.encode(try key.sign(Array(content.utf8))))"
    }

    /// Reads a token and believes nothing in it before its signature. The algorithm is the key's; the header may only
    /// agree with it.
    ///
    /// - Parameters:
    ///   - token: What somebody presented.
    ///   - type: The `typ` it must have.
    ///   - now: Seconds since 1970.
    ///   - key: Finds a key by its identifier.
    /// - Returns: The claims of a token of that type, signed by one of our keys and valid now.
    /// - Throws: Why the token is refused.
    package static func verify(
        _ token: String,
        type: String,
        now: Int64,
        key: (_ keyID: String) -> ES256PublicKey?
    ) throws(Refusal) -> TokenMembers {
        guard token.utf8.count <= self.longest else { throw .malformed }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3,
            let header = self.members(parts[0]), header.names == ["alg", "typ", "kid"],
            let signature = Base64URL.decode(parts[2])
        else { throw .malformed }
        guard header.string("alg") == ES256.algorithm else { throw .wrongAlgorithm }
        guard header.string("typ") == type else { throw .wrongType }
        guard let key = header.string("kid").flatMap(key) else { throw .unknownKey }
        let content = token.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count)
        guard key.isValid(signature, for: Array(content)) else { throw .badSignature }

        guard let claims = self.members(parts[1]) else { throw .malformed }
        try self.checkTimes(of: claims, now: now)
        return claims
    }

    private static func members(_ part: Substring) -> TokenMembers? {
        Base64URL.decode(part).flatMap { TokenMembers(json: $0) }
    }

    private static func checkTimes(of claims: TokenMembers, now: Int64) throws(Refusal) {
        guard let expiry = claims.integer("exp"), let issued = claims.integer("iat") else { throw .malformed }
        guard claims.names.contains("nbf") == (claims.integer("nbf") != nil) else { throw .malformed }
        guard now < expiry else { throw .expired }
        guard max(issued, claims.integer("nbf") ?? issued) <= now + self.leeway else { throw .notYetValid }
    }
}
