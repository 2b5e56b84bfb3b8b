internal import COpenSSL

/// The hash SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// Length of a hash in bytes.
    package static let length = 32

    /// The 32 bytes that stand for `message`.
    package static func hash(_ message: some Sequence<UInt8>) -> [UInt8] {
        let message = Array(message)
        return [UInt8](unsafeUninitializedCapacity: self.length) { buffer, filled in
            let done = EVP_Digest(message, message.count, buffer.baseAddress, nil, EVP_sha256(), nil)
            precondition(done == 1, "OpenSSL has no SHA-256")
            filled = self.length
        }
    }
}
