import Foundation
import Logging
import RPC
import Settings

/// Everything that can be configured of the gateway, checked and turned into values.
struct GatewaySettings: Sendable {
    let host: String
    let port: Int
    let maxConnections: Int
    let limits: HTTPCall.Limits
    let trustedProxies: [AddressRange]
    let hub: RPC.Server.Address
    let tls: TLSToHub?
    let grace: Duration
    let logLevel: Logger.Level

    /// How the connection to the hub is encrypted.
    struct TLSToHub: Sendable, Equatable {
        let trust: ClientTLS.Trust
        let serverName: String?
        let certificate: String?
        let key: String?
    }

    static let prefix = "HUB_GATEWAY"

    static let declared = [
        Setting("http.host", "Address to listen on.", default: "127.0.0.1"),
        Setting("http.port", "Port to listen on, 0 to 65535; 0 takes a free one.", default: "8080"),
        Setting("http.body-limit", "Bytes of a request body, 1 to 4194304.", default: "1048576"),
        Setting("http.max-connections", "Connections open at a time, 1 to 1000000.", default: "10000"),
        Setting(
            "http.trusted-proxies",
            "Proxies whose X-Forwarded-For is believed: addresses or networks such as 10.0.0.0/8, separated by commas.",
            default: ""
        ),
        Setting("rpc.address", "Where hubd listens: unix:PATH or HOST:PORT.", default: "127.0.0.1:7700"),
        Setting(
            "rpc.tls.ca",
            "Connects with TLS and trusts the authorities in this PEM file, or those of this machine for `system`."
        ),
        Setting("rpc.tls.server-name", "Name in hubd's certificate if it is not the host of rpc.address."),
        Setting("rpc.tls.certificate", "PEM file with a certificate to show to a hubd that demands one."),
        Setting("rpc.tls.key", "PEM file with its key. All files of rpc.tls are read again at SIGHUP."),
        Setting("rpc.timeout-seconds", "Time for a call if the caller names none, 1 to 3600.", default: "30"),
        Setting("rpc.stream-timeout-seconds", "The same for a stream, 1 to 86400.", default: "600"),
        Setting("drain.grace-seconds", "How long running requests may finish at the end, 0 to 600.", default: "30"),
        Setting("log.level", "trace, debug, info, notice, warning, error or critical.", default: "info"),
    ]

    /// - Throws: `SettingsError` that names the setting.
    init(_ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let settings = try Settings(Self.declared, prefix: Self.prefix, arguments: arguments, environment: environment)
        self.host = try settings.string("http.host")
        self.port = try settings.int("http.port", in: 0...65_535)
        self.maxConnections = try settings.int("http.max-connections", in: 1...1_000_000)
        self.limits = HTTPCall.Limits(
            body: try settings.int("http.body-limit", in: 1...4_194_304),
            unaryTimeout: .seconds(try settings.int("rpc.timeout-seconds", in: 1...3600)),
            streamTimeout: .seconds(try settings.int("rpc.stream-timeout-seconds", in: 1...86_400))
        )
        self.trustedProxies = try settings.list("http.trusted-proxies").map { text in
            guard let range = AddressRange(text) else {
                throw SettingsError("http.trusted-proxies must be addresses or networks, not \(text).")
            }
            return range
        }
        let hub = try settings.string("rpc.address")
        guard let address = RPC.Server.Address(hub), address.canBeReached else {
            throw SettingsError("rpc.address must be unix:PATH or HOST:PORT, not \(hub).")
        }
        self.hub = address
        self.tls = try Self.tls(settings)
        if case .unix = address, let tls = self.tls, tls.serverName == nil {
            throw SettingsError("rpc.tls.server-name is required when rpc.address is a unix socket.")
        }
        self.grace = .seconds(try settings.int("drain.grace-seconds", in: 0...600))
        self.logLevel = try settings.choice("log.level", of: Logger.Level.self)
    }

    /// The encryption, if it is configured; half of it is an error.
    private static func tls(_ settings: Settings) throws(SettingsError) -> TLSToHub? {
        let (name, certificate) = (settings.optional("rpc.tls.server-name"), settings.optional("rpc.tls.certificate"))
        let key = settings.optional("rpc.tls.key")
        guard settings.optional("rpc.tls.ca") != nil else {
            guard name == nil, certificate == nil, key == nil else {
                throw SettingsError("rpc.tls.ca is required for the rest of rpc.tls: a PEM file, or `system`.")
            }
            return nil
        }
        let authority = try settings.string("rpc.tls.ca")
        return TLSToHub(
            trust: authority == "system" ? .system : .file(authority),
            serverName: name,
            certificate: certificate,
            key: key
        )
    }
}
