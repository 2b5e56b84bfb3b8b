import ArgumentParser
import Credits
import Kernel
import Logging
import Logs
import Postgres
import Settings

/// What an operator can do with the ledger itself.
struct LedgerGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Look after the ledger.",
        subcommands: [VerifyLedger.self]
    )
}

/// Checks the books of a live database.
struct VerifyLedger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check all books beside everything else that goes on; exit with 1 if a rule is broken.",
        discussion: """
            Reads one state of the database and blocks nobody. The last line names the end of the journal's chain: kept
            outside, it proves later that nothing up to there was changed. Needs no setting but database.url.
            """
    )

    @Option(help: "A link of the chain that was kept outside; the chain is checked from there on.")
    var pinnedLink: Int64?

    @Option(help: "The hash of that link, 64 hexadecimal digits.")
    var pinnedHash: String?

    @OptionGroup var given: GivenSettings

    func run() async throws {
        let settings = try Settings(
            DaemonSettings.declared,
            prefix: DaemonSettings.prefix,
            arguments: self.given.settings
        )
        let pin = try self.pin()
        let configuration = LedgerCheck.patient(try DaemonSettings.database(settings))
        let database = Database(configuration, logger: Logger(label: "hubd") { _ in SwiftLogNoOpLogHandler() })
        let result: Result<[LedgerCheck.Finding], any Error>
        do {
            result = .success(try await LedgerCheck.run(on: database, from: pin) { try? announce($0.lines) })
        } catch {
            result = .failure(error)
        }
        await database.close()
        let broken = try result.get().filter { !$0.broken.isEmpty }
        guard broken.isEmpty else {
            try announce("\(broken.count) of \(try result.get().count) rules are broken.")
            throw ExitCode.failure
        }
        try announce("The books are right.")
    }

    private func pin() throws(SettingsError) -> JournalChain.Pin? {
        var hash: [UInt8]?
        if let pinnedHash {
            hash = JournalChain.hash(hexadecimal: pinnedHash)
            guard hash != nil else { throw SettingsError("--pinned-hash must be 64 hexadecimal digits.") }
            guard self.pinnedLink != nil else { throw SettingsError("--pinned-hash needs --pinned-link beside it.") }
        }
        guard let pinnedLink else { return nil }
        guard pinnedLink > 0 else { throw SettingsError("--pinned-link must be 1 or more.") }
        return JournalChain.Pin(link: pinnedLink, hash: hash)
    }
}

extension LedgerCheck.Finding {
    /// What a person reads of it.
    fileprivate var lines: String {
        var lines = [
            "\(self.broken.isEmpty ? "ok    " : "BROKEN") \(self.rule.name): \(self.rule.claim) (\(self.count))"
        ]
        lines += self.broken.map { "         \($0)" }
        if self.broken.count == LedgerCheck.limit { lines.append("         and perhaps more") }
        if let chain {
            lines.append(
                "chain ends with link \(chain.head.link), hash \(chain.headHash); rows not in it yet: \(chain.unsealed)"
            )
        }
        return lines.joined(separator: "\n")
    }
}
