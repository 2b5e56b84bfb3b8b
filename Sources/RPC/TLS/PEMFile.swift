internal import Glibc
internal import Logging
internal import NIOSSL

/// A file with certificates or a key.
struct PEMFile {
    /// Larger than any list of authorities.
    private static let largest = 16 * 1024 * 1024

    let path: String
    /// What the file is for.
    let role: String

    /// The certificates in the file, of which there is at least one.
    func certificates() throws(TLSFileError) -> [NIOSSLCertificate] {
        let bytes = try self.bytes()
        do {
            return try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw TLSFileError("The \(self.role) file \(self.path) holds no certificate in PEM form, or a damaged one.")
        }
    }

    /// The key in the file.
    func privateKey(_ logger: Logger) throws(TLSFileError) -> NIOSSLPrivateKey {
        let bytes = try self.bytes()
        self.warnOfReaders(logger)
        do {
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
        } catch {
            if String(decoding: bytes, as: UTF8.self).contains("ENCRYPTED") {
                throw TLSFileError(
                    "The key \(self.path) has a passphrase; write it without one, as `openssl pkey` does."
                )
            }
            throw TLSFileError("The \(self.role) file \(self.path) holds no private key in PEM form, or a damaged one.")
        }
    }

    /// Says so when the certificate of this end is of no use for its date.
    func warnOfTime(_ chain: [NIOSSLCertificate], _ logger: Logger) {
        guard let leaf = chain.first else { return }
        let now = Glibc.time(nil)
        if leaf.notValidAfter < now {
            logger.warning(
                "A TLS certificate has expired; most peers will refuse it",
                metadata: ["file": "\(self.path)"]
            )
        } else if leaf.notValidBefore > now {
            logger.warning(
                "A TLS certificate is not valid yet; most peers will refuse it",
                metadata: ["file": "\(self.path)"]
            )
        }
    }

    private func warnOfReaders(_ logger: Logger) {
        var file = stat()
        guard stat(self.path, &file) == 0, file.st_mode & 0o004 != 0 else { return }
        logger.warning("Every user of this machine can read a TLS key; chmod it", metadata: ["file": "\(self.path)"])
    }

    private func bytes() throws(TLSFileError) -> [UInt8] {
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw self.unreadable(errno) }
        defer { close(descriptor) }
        var file = stat()
        guard fstat(descriptor, &file) == 0 else { throw self.unreadable(errno) }
        guard file.st_mode & S_IFMT == S_IFREG, file.st_size <= Self.largest else {
            throw TLSFileError("The \(self.role) file \(self.path) for TLS is no file of PEM.")
        }
        return try self.bytes(of: descriptor, count: Int(file.st_size))
    }

    private func bytes(of descriptor: Int32, count: Int) throws(TLSFileError) -> [UInt8] {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let read = read(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled)
                guard read > 0 else { return }
                filled += read
            }
        }
        guard bytes.count == count else { throw self.unreadable(errno) }
        return bytes
    }

    private func unreadable(_ number: Int32) -> TLSFileError {
        let reason = String(cString: strerror(number))
        return TLSFileError("The \(self.role) file \(self.path) for TLS cannot be read: \(reason).")
    }
}

/// Certificates or keys that cannot be used. Names the file and what to do; holds nothing of a key.
package struct TLSFileError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
