/// Signatures with ECDSA on P-256 over SHA-256, as JWS uses them (RFC 7518, 3.4).
package enum ES256 {
    /// The `alg` of tokens that these keys sign.
    package static let algorithm = "ES256"
    /// Length of a signature in bytes: r and s, 32 each.
    package static let signatureLength = 64
    static let coordinateLength = 32
}
