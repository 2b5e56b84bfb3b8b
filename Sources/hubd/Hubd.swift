import ArgumentParser
import Settings

/// The daemon's command line.
@main
struct Hubd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hubd",
        abstract: "Serves the hub's commands and queries over RPC.",
        discussion: """
            Flags go over the environment (\(DaemonSettings.prefix)_DATABASE_URL and so on), that over the file.

            \(Settings.help(DaemonSettings.declared, prefix: DaemonSettings.prefix))
            """,
        subcommands: [Serve.self, Migrate.self, Up.self, LedgerGroup.self, RebuildReport.self]
    )
}

/// Serves; the database must be up to date.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until SIGTERM or SIGINT. Needs a migrated database."
    )

    @OptionGroup var given: GivenSettings

    func run() async throws {
        let settings = try DaemonSettings(self.given.settings)
        try await Wiring(settings).serve()
    }
}

/// Brings the database up to date.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Bring the database up to date and end.")

    @OptionGroup var given: GivenSettings

    func run() async throws {
        try await Wiring.migrate(try DaemonSettings(self.given.settings))
    }
}

/// Fills the read models of the report anew.
struct RebuildReport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Drop what the credit report is read from, add it up from the ledger again and end. Others may serve."
    )

    @OptionGroup var given: GivenSettings

    func run() async throws {
        try await Wiring(try DaemonSettings(self.given.settings)).rebuildReport()
    }
}

/// All that a first start needs, and then the same as `serve`.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make secrets, migrate, put in models and an administrator, and serve."
    )

    @OptionGroup var given: GivenSettings

    func run() async throws {
        let settings = try DaemonSettings(self.given.settings)
        try SecretsFile.make(path: settings.secretsFile)
        try await Wiring.migrate(settings)
        let wiring = try Wiring(settings)
        try await wiring.seed()
        try await wiring.serve()
    }
}

/// Settings as they stand on the command line.
struct GivenSettings: ParsableArguments {
    @Argument(parsing: .allUnrecognized, help: .hidden)
    var settings: [String] = []
}
