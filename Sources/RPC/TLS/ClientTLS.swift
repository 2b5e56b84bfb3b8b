package import Logging
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// Whom a client trusts, and what it proves itself with: TLS 1.2 or 1.3.
package final class ClientTLS: Sendable {
    /// Who must have signed the server's certificate.
    package enum Trust: Sendable, Hashable {
        /// Any authority that this machine trusts.
        case system
        /// One of those in a file of PEM.
        case file(String)
    }

    private let trust: Trust
    private let serverName: String?
    private let identity: TLSIdentity?
    private let extended: Bool
    private let logger: Logger
    private let current: Mutex<NIOSSLContext>

    /// Reads the files. Blocks on the disk: not for an event loop.
    ///
    /// - Parameters:
    ///   - trust: Who must have signed the server's certificate.
    ///   - serverName: The name that must stand in the server's certificate; nil is the host that the client connects to.
    ///   - certificateChain: Path of the client's certificate for servers that demand one, followed by those between it
    ///     and the authority's.
    ///   - privateKey: Path of the key that belongs to it, without a passphrase.
    ///   - extended: Whether the extension may be agreed on in the handshake.
    ///   - logger: Hears of certificates out of their time, and of keys that everybody can read.
    /// - Throws: `TLSFileError`, which names the file and what to do.
    package init(
        trust: Trust,
        serverName: String? = nil,
        certificateChain: String? = nil,
        privateKey: String? = nil,
        extended: Bool = true,
        logger: Logger
    ) throws(TLSFileError) {
        self.trust = trust
        self.serverName = try serverName.map { name throws(TLSFileError) in try Self.check(name) }
        self.identity = try TLSIdentity(certificateChain: certificateChain, privateKey: privateKey)
        self.extended = extended
        self.logger = logger
        let context = try Self.load(trust, self.identity, extended, logger)
        self.current = Mutex(context)
    }

    /// Reads the files again. New connections get what they hold now, standing ones keep what they have. Blocks on the
    /// disk: not for an event loop.
    ///
    /// - Throws: `TLSFileError`; new connections get what they got before then.
    package func reload() throws(TLSFileError) {
        let context = try Self.load(self.trust, self.identity, self.extended, self.logger)
        self.current.withLock { $0 = context }
    }

    /// Puts TLS in front of a connection that is being made. `done` succeeds with the handshake, or fails with a
    /// `TLSFailure`.
    func secure(
        _ connection: ClientConnection,
        to address: Server.Address,
        on channel: any Channel,
        timeout: Duration,
        done: EventLoopPromise<Void>
    ) throws {
        let context = self.current.withLock { $0 }
        let name = try self.expectedName(at: address)
        let pipeline = channel.pipeline.syncOperations
        let tls = try NIOSSLClientHandler(context: context, serverHostname: name)
        try pipeline.addHandler(tls)
        try pipeline.addHandler(PiecewiseWrites())
        try pipeline.addHandler(ClientHandshake(tls, of: connection, with: name, timeout: timeout, done: done))
    }

    /// The name to look for in the certificate; nil is the network address itself.
    private func expectedName(at address: Server.Address) throws(TLSFailure) -> String? {
        if let serverName { return serverName }
        switch address {
        case .unix: throw .nameless
        case .tcp(let host, _): return Self.isNumeric(host) ? nil : host
        }
    }

    private static func check(_ name: String) throws(TLSFileError) -> String {
        guard (1...255).contains(name.utf8.count), !name.utf8.contains(0), !self.isNumeric(name) else {
            throw TLSFileError("The server name for TLS must be a name as it stands in a certificate, not \(name).")
        }
        return name
    }

    private static func isNumeric(_ host: String) -> Bool {
        (try? SocketAddress(ipAddress: host, port: 0)) != nil
    }

    private static func load(
        _ trust: Trust,
        _ identity: TLSIdentity?,
        _ extended: Bool,
        _ logger: Logger
    ) throws(TLSFileError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.setCommon(extended: extended)
        if case .file(let path) = trust {
            configuration.trustRoots = .certificates(try PEMFile(path: path, role: "authorities").certificates())
        }
        guard let identity else { return try TLSIdentity.context(configuration) }
        let (chain, key) = try identity.load(logger)
        configuration.certificateChain = chain.map { .certificate($0) }
        configuration.privateKey = .privateKey(key)
        return try identity.context(configuration)
    }
}
