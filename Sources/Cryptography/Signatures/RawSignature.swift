internal import COpenSSL

/// OpenSSL speaks of ECDSA signatures in DER, tokens carry the two bare numbers.
enum RawSignature {
    /// r and s, 32 bytes each.
    static func bytes(ofDER der: [UInt8]) throws(CryptographyError) -> [UInt8] {
        let parsed = der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_ECDSA_SIG(nil, &cursor, buffer.count)
        }
        guard let parsed else { throw CryptographyError("read a signature") }
        defer { ECDSA_SIG_free(parsed) }
        return padded(ECDSA_SIG_get0_r(parsed)) + padded(ECDSA_SIG_get0_s(parsed))
    }

    /// DER of r and s; `nil` unless there are 64 bytes.
    static func der(of bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count == ES256.signatureLength, let parsed = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(parsed) }
        guard ECDSA_SIG_set0(parsed, number(bytes.prefix(32)), number(bytes.suffix(32))) == 1 else { return nil }
        return try? encoding("write a signature") { i2d_ECDSA_SIG(parsed, $0) }
    }

    private static func padded(_ number: OpaquePointer?) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: ES256.coordinateLength)
        BN_bn2binpad(number, &bytes, Int32(bytes.count))
        return bytes
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> OpaquePointer? {
        BN_bin2bn(Array(bytes), Int32(bytes.count), nil)
    }
}
