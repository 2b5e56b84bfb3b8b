import Logging
import Postgres
import RPC
import Settings
import Testing

@testable import hubd

@Suite struct DaemonSettingsTests {
    private let required = ["--database-url", "host=db", "--secrets-file", "master.key"]

    private func refusal(_ arguments: [String], environment: [String: String] = [:]) -> String? {
        #expect(throws: SettingsError.self) {
            try DaemonSettings(self.required + arguments, environment: environment)
        }?
        .description
    }

    @Test func `what is not given has a default`() throws {
        let settings = try DaemonSettings(self.required, environment: [:])

        #expect(settings.database.connection == "host=db")
        #expect(settings.ownerConnection == "host=db")
        #expect(settings.rollUpInterval == .seconds(1))
        #expect(settings.sealInterval == .seconds(1))
        #expect(settings.secretsFile == "master.key")
        #expect(settings.listen == [.tcp(host: "127.0.0.1", port: 7700)])
        #expect(settings.holdLifetime == 120)
        #expect(settings.answerLimit == .seconds(900))
        #expect(settings.openAI == nil)
        #expect(settings.modelsFile == nil)
        #expect(settings.grace == .seconds(30))
        #expect(settings.logLevel == .info)
    }

    @Test func `the tables may have an owner of their own`() throws {
        let settings = try DaemonSettings(
            self.required + ["--database-owner-url", "host=db user=owner"],
            environment: [:]
        )

        #expect(settings.database.connection == "host=db")
        #expect(settings.ownerConnection == "host=db user=owner")
    }

    @Test func `several addresses can be listened at`() throws {
        let settings = try DaemonSettings(self.required + ["--rpc-listen=unix:/run/hub, [::1]:7700"], environment: [:])

        #expect(settings.listen == [.unix(path: "/run/hub"), .tcp(host: "::1", port: 7700)])
    }

    @Test func `the limits of the RPC server are its own unless they are given`() throws {
        let limits = try DaemonSettings(self.required, environment: [:]).limits
        let own = ServerConfiguration()

        #expect(limits.maxConnections == own.maxConnections)
        #expect(limits.maxConnectionsPerAddress == own.maxConnectionsPerAddress)
        #expect(limits.maxConcurrentCalls == own.maxConcurrentCalls)
        #expect(limits.maxFrameBody == own.maxFrameBody)
        #expect(limits.extensionSettings == own.extensionSettings)
        #expect(limits.firstFrameTimeout == own.firstFrameTimeout)
        #expect(limits.maxAge == nil && limits.maxIdle == nil && limits.maxGrace == nil)
        #expect(limits.keepaliveInterval == own.keepaliveInterval)
    }

    @Test func `the limits of the RPC server can be given`() throws {
        let limits = try DaemonSettings(
            self.required + [
                "--rpc-max-connections=10", "--rpc-max-connections-per-address=2", "--rpc-max-calls=3",
                "--rpc-max-message-bytes=100000", "--rpc-first-frame-seconds=0", "--rpc-max-age-seconds=4",
                "--rpc-max-idle-seconds=5", "--rpc-max-grace-seconds=6", "--rpc-keepalive-seconds=7",
            ],
            environment: [:]
        )
        .limits

        #expect(limits.maxConnections == 10)
        #expect(limits.maxConnectionsPerAddress == 2)
        #expect(limits.maxConcurrentCalls == 3)
        #expect(limits.maxFrameBody == 100_000)
        #expect(limits.extensionSettings?.maxMessage == 100_000)
        #expect(limits.firstFrameTimeout == nil)
        #expect(limits.maxAge == .seconds(4))
        #expect(limits.maxIdle == .seconds(5))
        #expect(limits.maxGrace == .seconds(6))
        #expect(limits.keepaliveInterval == .seconds(7))
    }

    @Test(arguments: [
        ("database.url", "--database-url"), ("secrets.file", "--secrets-file"),
    ])
    func `what is required is named with its flag`(key: String, flag: String) {
        let without = zip(self.required, self.required.dropFirst()).filter { $0.0.hasPrefix("--") && $0.0 != flag }
            .flatMap { [$0.0, $0.1] }

        let error = #expect(throws: SettingsError.self) { try DaemonSettings(without, environment: [:]) }

        #expect(error?.description == "\(key) is required; give it as \(flag) or in the file.")
    }

    @Test(arguments: [
        ("database.readers", "0"), ("database.readers", "65"), ("database.writers", "257"),
        ("database.writers", "eight"), ("redis.address", "redis"), ("redis.address", "host:70000"),
        ("rpc.listen", "7700"), ("rpc.listen", "unix:"), ("rpc.listen", ","),
        ("rate.read", "0"), ("rate.write", "-1"), ("rate.sign-in", "1.5"), ("rate.inference", ""),
        ("rate.network-failures", "10000001"), ("inference.hold-seconds", "3"), ("inference.hold-seconds", "86401"),
        ("inference.answer-seconds", "0"),
        ("credits.sweep-milliseconds", "99"), ("credits.roll-up-milliseconds", "60001"),
        ("journal.seal-milliseconds", "99"), ("database.owner-url", ""), ("drain.grace-seconds", "601"),
        ("log.level", "loud"),
        ("administrator.email", ""), ("rpc.max-connections", "0"), ("rpc.max-connections-per-address", "-1"),
        ("rpc.max-calls", "0"), ("rpc.max-message-bytes", "65535"), ("rpc.max-message-bytes", "4194305"),
        ("rpc.first-frame-seconds", "86401"), ("rpc.max-age-seconds", "1h"), ("rpc.max-idle-seconds", "-1"),
        ("rpc.max-grace-seconds", ""), ("rpc.keepalive-seconds", "1.5"),
    ])
    func `a bad value is refused with its key, from flag and environment`(key: String, value: String) throws {
        let setting = try #require(DaemonSettings.declared.first { $0.key == key })

        let flag = self.refusal(["\(setting.flag)=\(value)"])
        let variable = self.refusal([], environment: [setting.variable("HUBD"): value])

        #expect(flag?.hasPrefix("\(key) ") == true)
        #expect(variable == flag)
    }

    @Test func `half a provider is an error that names the other half`() {
        let url = ["--providers-openai-base-url", "https://api.example"]
        let key = ["HUBD_PROVIDERS_OPENAI_KEY": "sk-secret"]

        #expect(self.refusal(url)?.contains("HUBD_PROVIDERS_OPENAI_KEY is not") == true)
        #expect(self.refusal(url, environment: ["HUBD_PROVIDERS_OPENAI_KEY": ""])?.contains("_KEY is not") == true)
        #expect(self.refusal([], environment: key)?.contains("providers.openai.base-url is not") == true)
    }

    @Test func `a whole provider is taken`() throws {
        let settings = try DaemonSettings(
            self.required + ["--providers-openai-base-url", "https://api.example/v1"],
            environment: ["HUBD_PROVIDERS_OPENAI_KEY": "sk-secret"]
        )

        #expect(settings.openAI?.baseURL == "https://api.example/v1")
        #expect(settings.openAI?.key == "sk-secret")
    }

    @Test(arguments: ["api.example", "ftp://api.example", "https://"])
    func `a base URL that is none is named, its key is not`(url: String) {
        let message = self.refusal(
            ["--providers-openai-base-url", url],
            environment: ["HUBD_PROVIDERS_OPENAI_KEY": "sk-secret"]
        )

        #expect(message == "providers.openai.base-url must be an http or https URL, not \(url).")
    }

    @Test func `a secret on the command line is refused and not repeated`() {
        let message = self.refusal(["--providers-openai-key=sk-secret"])

        #expect(message?.hasPrefix("providers.openai.key is a secret") == true)
        #expect(message?.contains("sk-secret") == false)
    }

    @Test func `an unknown flag or variable is named`() {
        #expect(self.refusal(["--database-uri", "x"])?.contains("--database-uri") == true)
        #expect(self.refusal([], environment: ["HUBD_DATABASE_URI": "x"])?.contains("HUBD_DATABASE_URI") == true)
    }
}
