import Logging
import RPC
import ServiceLifecycle
import Settings
import UnixSignals

extension GatewaySettings.TLSToHub {
    /// Reads the files.
    ///
    /// - Throws: `SettingsError` that names the file.
    func load(_ logger: Logger) throws(SettingsError) -> ClientTLS {
        do throws(TLSFileError) {
            return try ClientTLS(
                trust: self.trust,
                serverName: self.serverName,
                certificateChain: self.certificate,
                privateKey: self.key,
                logger: logger
            )
        } catch {
            throw SettingsError("rpc.tls: \(error)")
        }
    }
}

/// Takes up new certificates when the program is sent SIGHUP. Standing connections keep theirs.
struct CertificateReloader: Service {
    let tls: ClientTLS
    let signals: UnixSignalsSequence
    let logger: Logger

    func run() async throws {
        for await _ in self.signals.cancelOnGracefulShutdown() {
            do {
                try self.tls.reload()
                self.logger.notice("certificates read again")
            } catch {
                self.logger.error("new certificates refused, the former stay", metadata: ["error": "\(error)"])
            }
        }
    }
}
