internal import COpenSSL

/// Random bytes from OpenSSL's generator for secrets.
package enum Randomness {
    /// As many unpredictable bytes. A machine without entropy stops the program: no key or token may be made on it.
    package static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let made = RAND_priv_bytes(buffer.baseAddress, Int32(count))
            precondition(made == 1, "OpenSSL has no random bytes to give")
            filled = count
        }
    }
}
