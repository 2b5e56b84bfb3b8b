package import Cryptography

/// The one secret of the hub that no database holds: 32 bytes that all nodes share. Every other secret is derived from it
/// or sealed under it, so a stolen dump alone signs nobody in.
package struct MasterKey: Sendable {
    /// Stored beside what depends on the key, for the day when there are two.
    static let version: Int64 = 1

    /// Seals signing keys and the keys of sessions.
    let sealing: SealingKey
    /// Goes into every password before it is hashed.
    let pepper: [UInt8]

    /// - Throws: `CryptographyError` unless `bytes` are 32.
    package init(_ bytes: [UInt8]) throws(CryptographyError) {
        _ = try SealingKey(bytes)  // the check of the length
        self.sealing = try SealingKey(HMAC.sha256("smart-ai-hub sealing".utf8, key: bytes))
        self.pepper = HMAC.sha256("smart-ai-hub password pepper".utf8, key: bytes)
    }
}
