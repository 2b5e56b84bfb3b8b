internal import COpenSSL

/// Owns one `EVP_PKEY` on the curve P-256 and frees it exactly once.
// OpenSSL lets several threads use one key that nobody changes, and none is changed after `init`.
final class KeyPair: @unchecked Sendable {
    let raw: OpaquePointer

    /// Takes over `raw`; `nil` becomes an error that names `operation`.
    init(taking raw: OpaquePointer?, _ operation: String) throws(CryptographyError) {
        guard let raw else { throw CryptographyError(operation) }
        self.raw = raw  // from here on `deinit` is in charge, also when this throws
        guard Self.isOnP256(raw) else { throw CryptographyError(operation, because: "the key is not on P-256") }
    }

    deinit { EVP_PKEY_free(self.raw) }

    private static func isOnP256(_ raw: OpaquePointer) -> Bool {
        var name = [CChar](repeating: 0, count: 64)
        return EVP_PKEY_get_group_name(raw, &name, name.count, nil) == 1
            && name.prefix { $0 != 0 } == Array("prime256v1".utf8CString.dropLast())[...]
    }

    /// One number of the public key, 32 bytes, most significant first.
    func coordinate(_ parameter: String) throws(CryptographyError) -> [UInt8] {
        var number: OpaquePointer?
        try check("read a public key") { EVP_PKEY_get_bn_param(self.raw, parameter, &number) == 1 }
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: ES256.coordinateLength)
        try check("read a public key") { BN_bn2binpad(number, &bytes, Int32(bytes.count)) == bytes.count }
        return bytes
    }
}
