import ArgumentParser
import Foundation
import HummingbirdCore
import Logging
import Logs
import NIOCore
import NIOPosix
import RPC
import ServiceLifecycle
import Settings
import UnixSignals

/// The program: reads its settings, serves until SIGTERM or SIGINT, and ends the running requests before it leaves.
@main
struct HubGateway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub-gateway",
        abstract: "Serves the hub's methods as JSON over HTTP.",
        usage: "hub-gateway [--setting value] ...",
        discussion: """
            Flags go over the environment (\(GatewaySettings.prefix)_HTTP_PORT and so on), that over the file.

            \(Settings.help(GatewaySettings.declared, prefix: GatewaySettings.prefix))
            """
    )

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var settings: [String] = []

    func run() async throws {
        do {
            try await Self.serve(try GatewaySettings(self.settings))
        } catch let error as SettingsError {
            throw StartUpError(error.description)
        }
    }

    private static func serve(_ settings: GatewaySettings) async throws {
        let logger = Logger(label: "hub-gateway") {
            JSONLogHandler(label: $0, logLevel: settings.logLevel, provider: TraceContext.logMetadata)
        }
        let group = MultiThreadedEventLoopGroup.singleton
        let tls = try settings.tls.map { try $0.load(logger) }
        var configuration = ClientConfiguration()
        configuration.tls = tls
        configuration.interceptors = [ClientCallTrace(), ClientCallLog(logger), ClientCallMetrics()]
        let client = Client(settings.hub, configuration: configuration, group: group, logger: logger)
        let listener = HTTPListener(
            address: .hostname(settings.host, port: settings.port),
            maxConnections: settings.maxConnections,
            front: try Front(
                client: client,
                limits: settings.limits,
                trustedProxies: settings.trustedProxies,
                logger: logger
            ),
            group: group,
            logger: logger,
            isListening: { Self.announce($0, settings.host) }
        )
        var parts: [any Service] = [HubConnection(client: client), listener]
        if let tls {
            let signals = await UnixSignalsSequence(trapping: .sighup)
            parts.append(CertificateReloader(tls: tls, signals: signals, logger: logger))
        }
        var services = ServiceGroupConfiguration(
            services: parts,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        services.maximumGracefulShutdownDuration = settings.grace
        do {
            try await ServiceGroup(configuration: services).run()
        } catch is SocketAddressError.UnknownHost {
            throw StartUpError("cannot listen on \(settings.host): http.host is not an address of this machine")
        } catch let error as IOError {
            let reason = String(cString: strerror(error.errnoCode))
            throw StartUpError("cannot listen on \(settings.host):\(settings.port): \(reason)")
        }
    }

    /// Written without a buffer: whoever started the gateway waits for this line.
    private static func announce(_ channel: any Channel, _ host: String) {
        let name = host.contains(":") ? "[\(host)]" : host
        let line = "gateway listening on http://\(name):\(channel.localAddress?.port ?? 0)\n"
        FileHandle.standardOutput.write(Data(line.utf8))
    }
}

/// Why the gateway does not start, in one line. The process ends with status 1.
private struct StartUpError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Keeps the connection to the hub until the last request has ended.
private struct HubConnection: Service {
    let client: Client

    func run() async {
        try? await gracefulShutdown()
        await self.client.close()
    }
}
