import Credits
import Foundation
import Identity
import Logging
import Postgres
import RPC
import Redis
import Settings

/// Everything that can be configured of the daemon, checked and turned into values.
struct DaemonSettings: Sendable {
    let database: DatabaseConfiguration
    /// Who owns the tables: used to migrate.
    let ownerConnection: String
    let redis: RedisAddress
    let listen: [Server.Address]
    let tls: TLSListener?
    let limits: ServerConfiguration
    let secretsFile: String
    let rates: RateLimits
    let networkFailures: Int
    let velocity: VelocityLimits
    let holdLifetime: Int64
    let answerLimit: Duration
    let sweepInterval: Duration
    let rollUpInterval: Duration
    let sealInterval: Duration
    let reportInterval: Duration
    let openAI: OpenAI?
    let modelsFile: String?
    let administrator: String
    let grace: Duration
    let logLevel: Logger.Level

    /// An OpenAI-compatible provider.
    struct OpenAI: Sendable {
        let baseURL: String
        let key: String
    }

    static let prefix = "HUBD"

    static let declared = Self.declaredGeneral + Self.declaredVelocity + Self.declaredLimits

    private static let declaredGeneral = [
        Setting("database.url", "Connection string or URI of Postgres, as libpq takes it."),
        Setting(
            "database.owner-url",
            "The same for the owner of the tables, used to migrate only; without it database.url migrates too."
        ),
        Setting("database.readers", "Connections for single statements, 1 to 64.", default: "2"),
        Setting("database.writers", "Connections for transactions, 1 to 256.", default: "8"),
        Setting("redis.address", "unix:PATH or HOST:PORT of Redis.", default: "127.0.0.1:6379"),
        Setting(
            "rpc.listen",
            "Addresses to serve at, separated by commas: unix:PATH or HOST:PORT.",
            default: "127.0.0.1:7700"
        ),
        Setting("rpc.tls.listen", "Addresses to serve at with TLS, written like those of rpc.listen.", default: ""),
        Setting("rpc.tls.certificate", "PEM file with the certificate for rpc.tls.listen and those that vouch for it."),
        Setting("rpc.tls.key", "PEM file with its key. All files of rpc.tls are read again at SIGHUP."),
        Setting(
            "rpc.tls.client-ca",
            "PEM file with authorities; who calls over TLS must then show a certificate of one of them."
        ),
        Setting("secrets.file", "File with the master key, readable by its owner only; `up` makes it."),
        Setting("rate.read", "Queries a minute for one caller.", default: "6000"),
        Setting("rate.write", "Commands a minute for one caller.", default: "1200"),
        Setting("rate.sign-in", "Attempts with a password a minute from one address.", default: "60"),
        Setting("rate.network-failures", "Wrong passwords from one network in 15 minutes.", default: "50"),
        Setting("rate.inference", "Chats a minute for one caller.", default: "1200"),
        Setting(
            "inference.hold-seconds",
            "Life of a chat's hold, 4 to 86400 seconds. It is extended while the answer streams.",
            default: "120"
        ),
        Setting("inference.answer-seconds", "Longest answer of a chat, 1 to 86400 seconds.", default: "900"),
        Setting("credits.sweep-milliseconds", "How often overdue holds are freed, 100 to 60000.", default: "1000"),
        Setting(
            "credits.roll-up-milliseconds",
            "How often what the house owns is added up, 100 to 60000.",
            default: "1000"
        ),
        Setting(
            "journal.seal-milliseconds",
            "How often new rows of the journal are chained by hash, 100 to 60000.",
            default: "1000"
        ),
        Setting(
            "credits.report-milliseconds",
            "How often the report takes up new movements, 100 to 60000.",
            default: "1000"
        ),
        Setting(
            "providers.openai.base-url",
            "Base URL of an OpenAI-compatible provider, such as https://api.openai.com/v1."
        ),
        Setting("providers.openai.key", "Its API key.", isSecret: true),
        Setting("models.file", "JSON file with the models and their prices, which `up` puts into the database."),
        Setting("administrator.email", "Address of the administrator that `up` makes.", default: "admin@hub.localhost"),
        Setting("drain.grace-seconds", "How long running calls may finish at the end, 0 to 600.", default: "30"),
        Setting("log.level", "trace, debug, info, notice, warning, error or critical.", default: "info"),
    ]

    init(
        _ arguments: [String],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        let settings = try Settings(
            Self.declared,
            prefix: Self.prefix,
            arguments: arguments,
            environment: environment
        )
        self.database = try Self.database(settings)
        self.ownerConnection =
            try settings.optional("database.owner-url").map { _ in try settings.string("database.owner-url") }
            ?? self.database.connection
        self.redis = RedisAddress(try Self.address("redis.address", try settings.string("redis.address")))
        self.listen = try settings.list("rpc.listen").map { try Self.address("rpc.listen", $0) }
        self.tls = try Self.tls(settings)
        self.limits = try Self.limits(settings)
        self.secretsFile = try settings.string("secrets.file")
        self.rates = try Self.rates(settings)
        self.networkFailures = try settings.int("rate.network-failures", in: 1...10_000_000)
        self.velocity = try Self.velocity(settings)
        self.holdLifetime = Int64(try settings.int("inference.hold-seconds", in: 4...86_400))
        self.answerLimit = .seconds(try settings.int("inference.answer-seconds", in: 1...86_400))
        self.sweepInterval = .milliseconds(try settings.int("credits.sweep-milliseconds", in: 100...60_000))
        self.rollUpInterval = .milliseconds(try settings.int("credits.roll-up-milliseconds", in: 100...60_000))
        self.sealInterval = .milliseconds(try settings.int("journal.seal-milliseconds", in: 100...60_000))
        self.reportInterval = .milliseconds(try settings.int("credits.report-milliseconds", in: 100...60_000))
        self.openAI = try Self.openAI(settings)
        self.modelsFile = settings.optional("models.file")
        self.administrator = try settings.string("administrator.email")
        self.grace = .seconds(try settings.int("drain.grace-seconds", in: 0...600))
        self.logLevel = try settings.choice("log.level", of: Logger.Level.self)
        guard !self.listen.isEmpty || self.tls != nil else { throw SettingsError("rpc.listen names no address.") }
    }

    static func database(_ settings: Settings) throws -> DatabaseConfiguration {
        var database = DatabaseConfiguration(connection: try settings.string("database.url"))
        database.pipelined = try settings.int("database.readers", in: 1...64)
        database.transactional = try settings.int("database.writers", in: 1...256)
        database.applicationName = "hubd"
        return database
    }

    private static func rates(_ settings: Settings) throws -> RateLimits {
        var rates = RateLimits()
        rates.read = try settings.int("rate.read", in: 1...10_000_000)
        rates.write = try settings.int("rate.write", in: 1...10_000_000)
        rates.signIn = try settings.int("rate.sign-in", in: 1...10_000_000)
        rates.inference = try settings.int("rate.inference", in: 1...10_000_000)
        return rates
    }

    /// The provider, if it is configured; half of it is an error.
    private static func openAI(_ settings: Settings) throws -> OpenAI? {
        switch (settings.optional("providers.openai.base-url"), settings.optional("providers.openai.key")) {
        case (nil, nil): return nil
        case (let url?, let key?) where !key.isEmpty:
            guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme), parsed.host != nil else {
                throw SettingsError("providers.openai.base-url must be an http or https URL, not \(url).")
            }
            return OpenAI(baseURL: url, key: key)
        case (nil, _): throw SettingsError("providers.openai.key is given but providers.openai.base-url is not.")
        default: throw SettingsError("providers.openai.base-url is given but HUBD_PROVIDERS_OPENAI_KEY is not.")
        }
    }

    static func address(_ key: String, _ text: String) throws(SettingsError) -> Server.Address {
        guard let address = Server.Address(text) else {
            throw SettingsError("\(key) must be unix:PATH or HOST:PORT, not \(text).")
        }
        return address
    }
}

extension RedisAddress {
    fileprivate init(_ address: Server.Address) {
        switch address {
        case .tcp(let host, let port): self = .tcp(host: host, port: port)
        case .unix(let path): self = .unix(path: path)
        }
    }
}
