internal import COpenSSL

/// The private half of an ES256 key.
package struct ES256SigningKey: Sendable {
    /// The half that everybody may know.
    package let publicKey: ES256PublicKey
    private let pair: KeyPair

    /// Makes a key from OpenSSL's randomness.
    package init() throws(CryptographyError) {
        try self.init(KeyPair(taking: shim_generate_p256(), "make a signing key"))
    }

    /// Reads a key from PKCS #8 in DER.
    package init(der: [UInt8]) throws(CryptographyError) {
        let raw = der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_AutoPrivateKey(nil, &cursor, buffer.count)
        }
        try self.init(KeyPair(taking: raw, "read a signing key"))
    }

    private init(_ pair: KeyPair) throws(CryptographyError) {
        self.pair = pair
        self.publicKey = try ES256PublicKey(pair)
    }

    /// PKCS #8 in DER. Keep it sealed.
    package var der: [UInt8] {
        get throws(CryptographyError) {
            guard let document = EVP_PKEY2PKCS8(self.pair.raw) else { throw CryptographyError("write a signing key") }
            defer { PKCS8_PRIV_KEY_INFO_free(document) }
            return try encoding("write a signing key") { i2d_PKCS8_PRIV_KEY_INFO(document, $0) }
        }
    }

    /// The signature of `message`: r and s, 32 bytes each.
    package func sign(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        let digest = try DigestContext()
        var der = [UInt8](repeating: 0, count: 80)  // 72 is the longest for P-256
        var length = der.count
        try check("sign") {
            EVP_DigestSignInit(digest.raw, nil, EVP_sha256(), nil, self.pair.raw) == 1
                && EVP_DigestSign(digest.raw, &der, &length, message, message.count) == 1
        }
        return try RawSignature.bytes(ofDER: Array(der.prefix(length)))
    }
}
