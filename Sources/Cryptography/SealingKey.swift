internal import COpenSSL

/// Seals secrets with AES-256-GCM under a key that is kept apart from them.
///
/// A sealed message is nonce (12 bytes), ciphertext, tag (16 bytes). Nonces are random: one key may seal 2³² messages.
package struct SealingKey: Sendable {
    /// Length of a key in bytes.
    package static let length = 32
    private static let nonceLength = 12
    private static let tagLength = 16
    private let key: [UInt8]

    /// - Throws: `CryptographyError` unless `bytes` are 32.
    package init(_ bytes: [UInt8]) throws(CryptographyError) {
        guard bytes.count == Self.length else {
            throw CryptographyError("take a sealing key", because: "\(bytes.count) bytes instead of \(Self.length)")
        }
        self.key = bytes
    }

    /// Encrypts `message` and binds it to `context`, which is needed again to open it but is not part of the result.
    package func seal(_ message: [UInt8], context: [UInt8] = []) throws(CryptographyError) -> [UInt8] {
        let nonce = Randomness.bytes(Self.nonceLength)
        let cipher = try CipherContext()
        var text = [UInt8](repeating: 0, count: message.count)
        var tag = [UInt8](repeating: 0, count: Self.tagLength)
        var length: Int32 = 0

        try check("seal a message") {
            EVP_EncryptInit_ex2(cipher.raw, EVP_aes_256_gcm(), self.key, nonce, nil) == 1
                && EVP_EncryptUpdate(cipher.raw, nil, &length, context, Int32(context.count)) == 1
                && EVP_EncryptUpdate(cipher.raw, &text, &length, message, Int32(message.count)) == 1
                && EVP_EncryptFinal_ex(cipher.raw, nil, &length) == 1
                && EVP_CIPHER_CTX_ctrl(cipher.raw, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagLength), &tag) == 1
        }
        return nonce + text + tag
    }

    /// Decrypts what ``seal(_:context:)`` made with this key and the same context.
    ///
    /// - Throws: `CryptographyError` if a bit of it, the key or the context differs.
    package func open(_ sealed: [UInt8], context: [UInt8] = []) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= Self.nonceLength + Self.tagLength else {
            throw CryptographyError("open a sealed message", because: "too short")
        }
        let nonce = Array(sealed.prefix(Self.nonceLength))
        let text = Array(sealed.dropFirst(Self.nonceLength).dropLast(Self.tagLength))
        var tag = Array(sealed.suffix(Self.tagLength))
        let cipher = try CipherContext()
        var message = [UInt8](repeating: 0, count: text.count)
        var length: Int32 = 0

        try check("open a sealed message") {
            EVP_DecryptInit_ex2(cipher.raw, EVP_aes_256_gcm(), self.key, nonce, nil) == 1
                && EVP_DecryptUpdate(cipher.raw, nil, &length, context, Int32(context.count)) == 1
                && EVP_DecryptUpdate(cipher.raw, &message, &length, text, Int32(text.count)) == 1
                && EVP_CIPHER_CTX_ctrl(cipher.raw, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagLength), &tag) == 1
                && EVP_DecryptFinal_ex(cipher.raw, nil, &length) == 1
        }
        return message
    }
}

/// Owns one `EVP_CIPHER_CTX` and frees it exactly once.
private struct CipherContext: ~Copyable {
    let raw: OpaquePointer

    init() throws(CryptographyError) {
        guard let raw = EVP_CIPHER_CTX_new() else { throw CryptographyError("make a cipher") }
        self.raw = raw
    }

    deinit { EVP_CIPHER_CTX_free(self.raw) }
}
