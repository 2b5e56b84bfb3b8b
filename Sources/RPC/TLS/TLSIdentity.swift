internal import Glibc
internal import Logging
internal import NIOSSL

/// The files with which one end proves who it is.
struct TLSIdentity: Sendable {
    let certificateChain: String
    let privateKey: String

    init(certificateChain: String, privateKey: String) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }

    /// Both files, or none.
    init?(certificateChain: String?, privateKey: String?) throws(TLSFileError) {
        switch (certificateChain, privateKey) {
        case (nil, nil): return nil
        case (let chain?, let key?): self.init(certificateChain: chain, privateKey: key)
        case (let chain?, nil): throw TLSFileError("The certificate \(chain) is given for TLS without its key.")
        case (nil, let key?): throw TLSFileError("The key \(key) is given for TLS without its certificate.")
        }
    }

    /// Reads both files.
    func load(_ logger: Logger) throws(TLSFileError) -> (chain: [NIOSSLCertificate], key: NIOSSLPrivateKey) {
        let file = PEMFile(path: self.certificateChain, role: "certificate")
        let chain = try file.certificates()
        file.warnOfTime(chain, logger)
        return (chain, try PEMFile(path: self.privateKey, role: "key").privateKey(logger))
    }

    /// Makes what connections are encrypted with, of which this is a part.
    func context(_ configuration: TLSConfiguration) throws(TLSFileError) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch NIOSSLError.failedToLoadPrivateKey {
            throw TLSFileError(
                "The key \(self.privateKey) does not belong to the first certificate in \(self.certificateChain)."
            )
        } catch {
            throw TLSFileError(
                "The certificates in \(self.certificateChain) cannot be used for TLS: \(TLSFailure.words(for: error))."
            )
        }
    }

    /// Makes what connections are encrypted with that prove nothing of this end.
    static func context(_ configuration: TLSConfiguration) throws(TLSFileError) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSFileError(
                """
                The authorities that this machine trusts cannot be read: \(TLSFailure.words(for: error)). Install \
                ca-certificates or name a file.
                """
            )
        }
    }
}
