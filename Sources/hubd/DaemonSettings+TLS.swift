import Logging
import RPC
import Settings

extension DaemonSettings {
    /// Where to listen with TLS, and the files for it.
    struct TLSListener: Sendable, Equatable {
        let addresses: [Server.Address]
        let certificate: String
        let key: String
        let clientAuthorities: String?
    }

    /// The listener with TLS, if it is configured; half of it is an error.
    static func tls(_ settings: Settings) throws -> TLSListener? {
        let addresses = try settings.list("rpc.tls.listen").map { try Self.address("rpc.tls.listen", $0) }
        guard !addresses.isEmpty else {
            for key in ["rpc.tls.certificate", "rpc.tls.key", "rpc.tls.client-ca"] where settings.optional(key) != nil {
                throw SettingsError("\(key) is given but rpc.tls.listen names no address.")
            }
            return nil
        }
        return TLSListener(
            addresses: addresses,
            certificate: try settings.string("rpc.tls.certificate"),
            key: try settings.string("rpc.tls.key"),
            clientAuthorities: try settings.optional("rpc.tls.client-ca").map { _ in
                try settings.string("rpc.tls.client-ca")
            }
        )
    }
}

extension DaemonSettings.TLSListener {
    /// Reads the files.
    ///
    /// - Throws: `SettingsError` that names the file.
    func load(_ logger: Logger) throws(SettingsError) -> ServerTLS {
        do throws(TLSFileError) {
            return try ServerTLS(
                certificateChain: self.certificate,
                privateKey: self.key,
                clientAuthorities: self.clientAuthorities,
                logger: logger
            )
        } catch {
            throw SettingsError("rpc.tls: \(error)")
        }
    }
}
