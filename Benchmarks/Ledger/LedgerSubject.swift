import ArgumentParser
import Foundation
import RPC

/// The hub's ledger as `tools/bench ledger` measures it.
@main
struct LedgerSubject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger-subject",
        abstract: "Runs the hub's ledger under load.",
        subcommands: [Prepare.self, Serve.self, Run.self]
    )
}

/// Makes what every case starts with.
struct Prepare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make tables and accounts in an empty database.")

    @Argument(help: "A libpq connection string.") var database: String
    @Argument(help: "How many accounts.") var accounts: Int

    func run() async throws {
        try await Accounts(self.accounts).open(in: self.database)
    }
}

/// The server of the cases by RPC, in a process of its own so that its cost can be told from its callers'.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve the ledger over RPC until killed; say when ready.")

    @Argument(help: "A libpq connection string.") var database: String
    @Argument(help: "The path of the unix socket to be made.") var socket: String

    func run() async throws {
        try await withLedger(in: self.database) { credits in
            try await LedgerServer.serve(credits, on: .unix(path: self.socket)) { _ in
                try announce("ready")
                try await Task.sleep(for: .seconds(24 * 60 * 60))
            }
        }
    }
}

/// One turn: warms up and says so, measures and prints the figures, ends and verifies the sums. Before each further step
/// it waits for a line of input, so that what it costs can be read while it stands still.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Load the ledger and verify its sums afterwards.")

    @Argument(help: "hold-uniform, hold-zipf, hold-hot, hold-settle-uniform or hold-mixed.") var workload: Workload
    @Option(help: "A libpq connection string.") var database: String
    @Option(help: "The socket of a server to call; without, the ledger runs in this process.") var server: String?
    @Option(help: "How many accounts there are.") var accounts = 10_000
    @Option(help: "How many call at a time, each the next when it has its answer.") var callers = 1
    @Option(help: "How long it is warmed up.") var warmUp = 0.5
    @Option(help: "How long it is measured.") var seconds = 1.5

    func run() async throws {
        var audit = try await Audit(of: self.database)
        if let server {
            try await withRemoteLedger(at: server) { ledger, executor in
                audit.placed += try await self.measure(ledger, by: executor)
            }
        } else {
            try await withLedger(in: self.database) { credits in
                audit.placed += try await self.measure(DirectLedger(credits), by: nil)
            }
        }
        try await audit.verify()
    }

    /// - Returns: How many holds were placed.
    private func measure(_ ledger: some LoadedLedger, by executor: (any TaskExecutor)?) async throws -> Int {
        let load = Load(of: self.workload, on: Accounts(self.accounts), from: self.callers, by: executor)
        let warmUp = try await load.run(against: ledger, for: .seconds(self.warmUp))
        try announceAndWait("warm")
        let measured = try await load.run(against: ledger, for: .seconds(self.seconds))
        try announceAndWait(measured.figures)
        return warmUp.placed + measured.placed
    }
}

/// Writes a line to standard output at once: the script that started this waits for it.
func announce(_ line: String) throws {
    try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
}

private func announceAndWait(_ line: String) throws {
    try announce(line)
    _ = readLine()
}
