internal import COpenSSL

/// The public half of an ES256 key.
package struct ES256PublicKey: Sendable {
    /// The coordinates of the key's point, 32 bytes each, as `x` and `y` of a JSON Web Key.
    package let x: [UInt8], y: [UInt8]
    private let pair: KeyPair

    /// Reads a key from SubjectPublicKeyInfo in DER.
    package init(der: [UInt8]) throws(CryptographyError) {
        let raw = der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_PUBKEY(nil, &cursor, buffer.count)
        }
        try self.init(KeyPair(taking: raw, "read a public key"))
    }

    init(_ pair: KeyPair) throws(CryptographyError) {
        self.pair = pair
        self.x = try pair.coordinate(OSSL_PKEY_PARAM_EC_PUB_X)
        self.y = try pair.coordinate(OSSL_PKEY_PARAM_EC_PUB_Y)
    }

    /// SubjectPublicKeyInfo in DER.
    package var der: [UInt8] {
        get throws(CryptographyError) { try encoding("write a public key") { i2d_PUBKEY(self.pair.raw, $0) } }
    }

    /// Whether the private half made `signature`, 64 bytes, for `message`.
    package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard let der = RawSignature.der(of: signature), let digest = try? DigestContext() else { return false }
        let verdict =
            EVP_DigestVerifyInit(digest.raw, nil, EVP_sha256(), nil, self.pair.raw) == 1
            && EVP_DigestVerify(digest.raw, der, der.count, message, message.count) == 1
        if !verdict { ERR_clear_error() }
        return verdict
    }
}
