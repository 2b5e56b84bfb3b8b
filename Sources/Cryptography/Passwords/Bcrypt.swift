internal import CCrypt
internal import COpenSSL

/// The password hash bcrypt, by libcrypt. Blocks for as long as the cost demands: call it on a thread that may wait.
package enum Bcrypt {
    /// The longest secret that bcrypt sees. A longer one is refused, never cut.
    package static let longestSecret = 72
    /// Powers of two that libcrypt accepts as cost.
    package static let costs = 4...31
    private static let digestLength = 31
    private static let alphabet = Array("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// Hashes `secret` with a fresh salt into the form `$2b$cost$salt+digest`.
    ///
    /// - Throws: `CryptographyError` if the secret is longer than 72 bytes or holds a NUL, or the cost is out of range.
    package static func hash(_ secret: [UInt8], cost: Int) throws(CryptographyError) -> String {
        try self.crypt(secret, self.setting(cost: cost))
    }

    /// Whether `hash` was made from `secret`.
    ///
    /// - Throws: `CryptographyError` as ``hash(_:cost:)`` does, and if `hash` is not one of bcrypt.
    package static func verify(_ secret: [UInt8], against hash: String) throws(CryptographyError) -> Bool {
        constantTimeEquals(Array(try self.crypt(secret, hash).utf8), Array(hash.utf8))
    }

    /// A hash of no password at all. Verifying against it takes as long as against a real one.
    package static func decoy(cost: Int) throws(CryptographyError) -> String {
        let digest = Randomness.bytes(self.digestLength).map { self.alphabet[Int($0) % self.alphabet.count] }
        return try self.setting(cost: cost) + String(decoding: digest, as: UTF8.self)
    }

    private static func setting(cost: Int) throws(CryptographyError) -> String {
        let salt = Randomness.bytes(16).map { CChar(bitPattern: $0) }
        let setting = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CRYPT_GENSALT_OUTPUT_SIZE)) { room in
            crypt_gensalt_rn("$2b$", UInt(clamping: cost), salt, Int32(salt.count), room.baseAddress, Int32(room.count))
                .map { String(cString: $0) }
        }
        guard let setting, self.costs.contains(cost) else {
            throw CryptographyError("salt a password", because: "the cost must be in \(self.costs)")
        }
        return setting
    }

    private static func crypt(_ secret: [UInt8], _ setting: String) throws(CryptographyError) -> String {
        guard secret.count <= self.longestSecret, !secret.contains(0) else {
            throw self.refusal("longer than \(self.longestSecret) bytes, or with a NUL")
        }
        guard setting.hasPrefix("$2b$") else { throw self.refusal("the hash is not one of bcrypt") }

        let workspace = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        let size = MemoryLayout<crypt_data>.size
        workspace.initialize(to: crypt_data())
        defer {
            OPENSSL_cleanse(workspace, size)
            workspace.deallocate()
        }
        let phrase = secret.map { CChar(bitPattern: $0) } + [0]
        guard let hash = crypt_rn(phrase, setting, workspace, Int32(size)) else {
            throw self.refusal("the hash is not one of bcrypt")
        }
        return String(cString: hash)
    }

    private static func refusal(_ reason: String) -> CryptographyError {
        CryptographyError("hash a password", because: reason)
    }
}
