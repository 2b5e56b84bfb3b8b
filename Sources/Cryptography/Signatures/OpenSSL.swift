internal import COpenSSL

/// Owns one `EVP_MD_CTX` and frees it exactly once.
struct DigestContext: ~Copyable {
    let raw: OpaquePointer

    init() throws(CryptographyError) {
        guard let raw = EVP_MD_CTX_new() else { throw CryptographyError("make a digest") }
        self.raw = raw
    }

    deinit { EVP_MD_CTX_free(self.raw) }
}

/// What an `i2d` function writes: called once for the length, once for the bytes.
func encoding(
    _ operation: String,
    _ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
) throws(CryptographyError) -> [UInt8] {
    let length = write(nil)
    guard length > 0 else { throw CryptographyError(operation) }
    return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, filled in
        var cursor = buffer.baseAddress
        filled = Int(write(&cursor))
    }
}
