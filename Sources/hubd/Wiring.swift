import Contract
import Credits
import Cryptography
import Foundation
import Identity
import Inference
import Kernel
import Logging
import Logs
import NIOPosix
import Postgres
import Providers
import RPC
import Redis
import ServiceLifecycle
import UnixSignals

/// Builds every concrete part and joins them. Nothing else knows them all.
struct Wiring {
    private let settings: DaemonSettings
    private let logger: Logger
    private let database: Database
    private let redis: RedisClient
    private let cache: RedisClient
    private let openAI: OpenAIChatModel?
    private let identity: IdentityService
    private let ledger: LedgerEngine
    private let credits: CreditsService
    private let health: HealthBoard
    private let server: Server
    private let tls: ServerTLS?

    init(_ settings: DaemonSettings) throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let logger = Self.logger(settings)
        let database = Database(settings.database, logger: logger)
        let redis = RedisClient(settings.redis, group: group, logger: logger)
        let cache = RedisClient(
            settings.redis,
            configuration: BalanceCache.configuration,
            group: group,
            logger: logger
        )
        let windows = RateWindows(redis: redis, logger: logger)
        let openAI = try settings.openAI.map {
            try OpenAIChatModel(baseURL: $0.baseURL, key: $0.key, group: group, logger: logger)
        }
        self.tls = try settings.tls.map { try $0.load(logger) }
        var identitySettings = IdentityConfiguration(masterKey: try SecretsFile.read(settings.secretsFile))
        identitySettings.networkFailures = settings.networkFailures
        let identity = IdentityService(
            identitySettings,
            database: database,
            windows: windows,
            hasher: try PasswordHasher(),
            logger: logger
        )
        let ledger = LedgerEngine(settings.database, logger: logger)
        let velocity = Velocity(windows, limits: settings.velocity, database: database)
        let credits = CreditsService(
            database: database,
            ledger: ledger,
            velocity: velocity,
            balances: BalanceCache(redis: cache)
        )
        let inference = InferenceService(
            database: database,
            credits: credits,
            providers: openAI.map { ["openai": $0] } ?? [:],
            holdLifetime: settings.holdLifetime,
            answerLimit: settings.answerLimit,
            logger: logger
        )
        let access = Access(identity, limiter: RateLimiter(windows, limits: settings.rates))
        self.health = HealthBoard(
            services: Set(ContractMethods.all.map(\.method.service)),
            withoutDatabase: [Health.name]
        )
        self.server = try Server(
            services: [
                Health.definition(of: HealthAnswers(board: self.health)),
                ServerReflection.definition(of: try Reflection()),
                IdentityCommands.definition(of: identity), IdentityQueries.definition(of: identity),
                CreditCommands.definition(of: credits), CreditQueries.definition(of: credits),
                InferenceCommands.definition(of: inference), InferenceQueries.definition(of: inference),
            ],
            configuration: settings.limits,
            group: group,
            logger: logger,
            interceptors: { method in
                [CallTrace(), CallLog(), CallMetrics(for: method), try access.interceptor(for: method)]
            }
        )
        self.settings = settings
        self.logger = logger
        self.database = database
        self.redis = redis
        self.cache = cache
        self.openAI = openAI
        self.identity = identity
        self.ledger = ledger
        self.credits = credits
    }

    /// Serves until SIGTERM or SIGINT. What is listed first stops last: calls end before the pools that they need.
    func serve() async throws {
        var services: [any Service] = [
            PoolService(close: self.database.close),
            PoolService(close: self.redis.close),
            PoolService(close: self.cache.close),
            PoolService(close: self.ledger.close),
        ]
        if let openAI { services.append(PoolService { try? await openAI.close() }) }
        services += self.backgroundJobs
        services.append(RightsCheck(database: self.database, logger: self.logger))
        services.append(HealthProbe(board: self.health, database: self.database, logger: self.logger))
        services.append(
            RPCService(
                server: self.server,
                addresses: self.settings.listen,
                secure: self.tls.map { (self.settings.tls?.addresses ?? [], $0) },
                health: self.health,
                grace: self.settings.grace
            )
        )
        if let tls {
            let signals = await UnixSignalsSequence(trapping: .sighup)
            services.append(CertificateReloader(tls: tls, signals: signals, logger: self.logger))
        }
        let configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: self.logger
        )
        try await ServiceGroup(configuration: configuration).run()
    }

    /// What goes on without being asked for.
    private var backgroundJobs: [any Service] {
        [
            BackgroundJob.sweep(self.credits, every: self.settings.sweepInterval, logger: self.logger),
            BackgroundJob.rollUp(self.credits, every: self.settings.rollUpInterval, logger: self.logger),
            BackgroundJob.project(self.credits, every: self.settings.reportInterval, logger: self.logger),
            BackgroundJob.deleteFiles(self.credits, logger: self.logger),
            BackgroundJob.seal(self.database, every: self.settings.sealInterval, logger: self.logger),
        ]
    }

    /// Puts in the models of the file and makes the first administrator, whose password is printed this once.
    func seed() async throws {
        for model in try self.settings.modelsFile.map(ModelsFile.read) ?? [] {
            try await self.database.put(model)
        }
        guard let password = try await self.identity.seedAdministrator(email: self.settings.administrator) else {
            return
        }
        try announce("administrator \(self.settings.administrator) has the password \(password)")
    }

    /// Adds up the credit report anew.
    func rebuildReport() async throws {
        try await self.credits.rebuildReport()
        try announce("the report is rebuilt")
    }

    /// Brings the tables of every context up to date, in the order in which they refer to each other.
    static func migrate(_ settings: DaemonSettings) async throws {
        let applied = try await Migrator.apply(
            KernelMigrations.all + CreditsMigrations.all + IdentityMigrations.all + InferenceMigrations.all,
            to: settings.ownerConnection,
            afterwards: DaemonRole.grants(appendOnly: RightsCheck.appendOnly),
            logger: self.logger(settings)
        )
        try announce("\(applied.count) migrations applied")
    }

    private static func logger(_ settings: DaemonSettings) -> Logger {
        Logger(label: "hubd") {
            JSONLogHandler(label: $0, logLevel: settings.logLevel, provider: TraceContext.logMetadata)
        }
    }
}
