package import Logging
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// What a listener proves itself with, and whom it lets in: TLS 1.2 or 1.3 from files of PEM.
package final class ServerTLS: Sendable {
    /// How long a client may take for its handshake.
    let handshakeTimeout: Duration

    private let identity: TLSIdentity
    private let clientAuthorities: String?
    private let logger: Logger
    private let current: Mutex<Contexts>

    /// What connections are encrypted with.
    private struct Contexts {
        /// Agrees on the extension with clients that offer it.
        let extended: NIOSSLContext
        /// For a server without the extension.
        let base: NIOSSLContext
    }

    /// Reads the files. Blocks on the disk: not for an event loop.
    ///
    /// - Parameters:
    ///   - certificateChain: Path of the server's certificate, followed by those between it and the authority's.
    ///   - privateKey: Path of the key that belongs to the first certificate, without a passphrase.
    ///   - clientAuthorities: Path of the authorities' certificates one of which must have signed that of a client; nil
    ///     lets clients in without a certificate.
    ///   - handshakeTimeout: How long a client may take for its handshake.
    ///   - logger: Hears of certificates out of their time, and of keys that everybody can read.
    /// - Throws: `TLSFileError`, which names the file and what to do.
    package init(
        certificateChain: String,
        privateKey: String,
        clientAuthorities: String? = nil,
        handshakeTimeout: Duration = .seconds(10),
        logger: Logger
    ) throws(TLSFileError) {
        self.identity = TLSIdentity(certificateChain: certificateChain, privateKey: privateKey)
        self.clientAuthorities = clientAuthorities
        self.handshakeTimeout = handshakeTimeout
        self.logger = logger
        let contexts = try Self.load(self.identity, clientAuthorities, logger)
        self.current = Mutex(contexts)
    }

    /// Reads the files again. New connections get what they hold now, standing ones keep what they have. Blocks on the
    /// disk: not for an event loop.
    ///
    /// - Throws: `TLSFileError`; new connections get what they got before then.
    package func reload() throws(TLSFileError) {
        let contexts = try Self.load(self.identity, self.clientAuthorities, self.logger)
        self.current.withLock { $0 = contexts }
    }

    /// Puts TLS in front of a connection that is being accepted.
    func secure(_ connection: ServerConnection, on channel: any Channel) throws {
        let server = connection.service
        let contexts = self.current.withLock { $0 }
        let tls = NIOSSLServerHandler(context: server.settings == nil ? contexts.base : contexts.extended)
        let handshake = ServerHandshake(tls, of: connection, timeout: self.handshakeTimeout, logger: server.logger)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(tls)
        try pipeline.addHandler(PiecewiseWrites())
        try pipeline.addHandler(handshake)
    }

    private static func load(
        _ identity: TLSIdentity,
        _ clientAuthorities: String?,
        _ logger: Logger
    ) throws(TLSFileError) -> Contexts {
        let (chain, key) = try identity.load(logger)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.setCommon(extended: false)
        if let clientAuthorities {
            let authorities = try PEMFile(path: clientAuthorities, role: "client authorities").certificates()
            configuration.trustRoots = .certificates(authorities)
            configuration.certificateVerification = .noHostnameVerification
            configuration.sendCANameList = true
        }
        let base = try identity.context(configuration)
        configuration.setCommon(extended: true)
        return Contexts(extended: try identity.context(configuration), base: base)
    }
}

extension TLSConfiguration {
    /// The name of the extended protocol in a handshake (X6).
    static let extendedProtocol = "ttrpcx/1"

    /// Sets what holds on both ends.
    mutating func setCommon(extended: Bool) {
        self.minimumTLSVersion = .tlsv12
        self.applicationProtocols = extended ? [Self.extendedProtocol] : []
        // A peer that has gone silent must not keep its socket for long.
        self.shutdownTimeout = .seconds(1)
    }
}
