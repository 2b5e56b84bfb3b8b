import FoundationEssentials
import Logging
import RPC

/// How the connection to a hub is encrypted. Kept with the session, so that tokens got over TLS never go out without.
struct Encryption: Codable, Sendable, Equatable {
    /// Stands for the authorities that this machine trusts.
    private static let system = "system"

    /// A PEM file with the authorities that are trusted, or `system`.
    let authority: String
    let serverName: String?
    let certificate: String?
    let key: String?

    /// What the command line or the environment demands; nil when both say nothing.
    ///
    /// - Throws: `Failure` when only a part is given.
    init?(_ options: GlobalOptions, in shell: Shell) throws {
        let serverName = options.tlsServerName ?? shell.variable("HUB_TLS_SERVER_NAME")
        let certificate = options.tlsCertificate ?? shell.variable("HUB_TLS_CERTIFICATE")
        let key = options.tlsKey ?? shell.variable("HUB_TLS_KEY")
        guard let authority = options.tlsCa ?? shell.variable("HUB_TLS_CA") else {
            guard serverName == nil, certificate == nil, key == nil else {
                throw Failure(.usage, "Options for TLS are given without --tls-ca.")
            }
            return nil
        }
        self.authority = authority == Self.system ? authority : Self.absolute(authority)
        self.serverName = serverName
        self.certificate = certificate.map(Self.absolute)
        self.key = key.map(Self.absolute)
    }

    /// Reads the files.
    ///
    /// - Throws: `Failure` that names the file.
    func load(_ logger: Logger) throws -> ClientTLS {
        do {
            return try ClientTLS(
                trust: self.authority == Self.system ? .system : .file(self.authority),
                serverName: self.serverName,
                certificateChain: self.certificate,
                privateKey: self.key,
                logger: logger
            )
        } catch {
            throw Failure(.usage, "\(error)")
        }
    }

    /// The path as it stays right in another folder.
    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
