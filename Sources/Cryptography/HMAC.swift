internal import COpenSSL

/// Keyed message authentication (RFC 2104) over SHA-256.
package enum HMAC {
    /// The 32 bytes that only a holder of `key` can make for `message`. Compare with ``constantTimeEquals(_:_:)``.
    package static func sha256(_ message: some Sequence<UInt8>, key: [UInt8]) -> [UInt8] {
        let message = Array(message)
        return [UInt8](unsafeUninitializedCapacity: SHA256.length) { buffer, filled in
            let made = EVP_Q_mac(
                nil,
                "HMAC",
                nil,
                "SHA256",
                nil,
                key,
                key.count,
                message,
                message.count,
                buffer.baseAddress,
                buffer.count,
                &filled
            )
            precondition(made != nil, "OpenSSL has no HMAC-SHA-256")
        }
    }
}

/// Whether both are equal, in a time that depends on their lengths only.
package func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
