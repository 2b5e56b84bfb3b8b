import Kernel
import Logging
import Postgres
import RPC
import Redis
import ServiceLifecycle
import UnixSignals

/// Keeps a connection pool for as long as the program runs, and closes it last.
struct PoolService: Service {
    let close: @Sendable () async -> Void

    func run() async throws {
        try? await gracefulShutdown()
        await self.close()
    }
}

/// Serves calls until the program is told to stop, then lets the running ones finish.
struct RPCService: Service {
    let server: Server
    let addresses: [Server.Address]
    /// Where to listen with TLS.
    let secure: (addresses: [Server.Address], tls: ServerTLS)?
    let health: HealthBoard
    let grace: Duration

    func run() async throws {
        var bound: [String] = []
        for address in self.addresses {
            bound.append("\(try await self.server.listen(on: address))")
        }
        for address in self.secure?.addresses ?? [] {
            bound.append("\(try await self.server.listen(on: address, tls: self.secure?.tls)) with TLS")
        }
        try announce("hubd ready on \(bound.joined(separator: ", "))")
        try? await gracefulShutdown()
        self.health.drain()
        await self.server.drain(grace: self.grace)
    }
}

/// Takes up new certificates when the program is sent SIGHUP. Standing connections keep theirs.
struct CertificateReloader: Service {
    let tls: ServerTLS
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
