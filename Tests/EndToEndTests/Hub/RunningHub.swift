import Credits
import Foundation
import Logging
import Postgres
import Support
import Synchronization
import Testing

/// The built programs with a Postgres and a Redis of their own: stand-in, daemon and gateway.
final class RunningHub: Sendable {
    let postgres: PostgresServer
    let redis: RedisServer
    let standin: String
    /// Where the gateway listens, such as `http://127.0.0.1:4711`.
    let http: String
    /// Where the daemon listens over TCP, such as `127.0.0.1:4712`.
    let rpc: String
    let folder: String
    let administratorPassword: String

    let gateway: Program

    private let arguments: [String]
    private let programs: [Program]
    private let daemon: Mutex<Program>

    private static let key = "key-of-the-test"
    static let administrator = "admin@hub.localhost"

    /// The hub that all tests share; nobody may stop a part of it.
    static func shared() async throws -> RunningHub { try await self.once.value }

    private static let once = Task.detached { try await RunningHub() }

    /// Starts everything. `settings` are further flags of the daemon.
    init(isDurable: Bool = false, settings: [String] = []) async throws {
        self.folder = try ScratchFolder.make("hub")
        self.postgres = try await PostgresServer.start(isDurable: isDurable)
        self.redis = try await RedisServer.start()
        let environment = ["STANDIN_API_KEY": Self.key]
        let standin = try await Program(Program.built("standin"), ["--port", "0"], environment: environment)
        self.standin = try await standin.line(holding: "standin listening on ").after("listening on ")

        let socket = "\(self.folder)/hubd.sock"
        let common = [
            // The daemon serves as one who cannot alter the ledger; the owner only migrates.
            "--database-url", self.postgres.connectionString() + " options='-c role=hub_app'",
            "--database-owner-url", self.postgres.connectionString(), "--redis-address", "unix:\(self.redis.path)",
            "--secrets-file", "\(self.folder)/secrets", "--providers-openai-base-url", "\(self.standin)/v1",
            "--models-file", Checkout.checkout + "/tools/models.json", "--log-level", "notice",
            "--rate-sign-in", "100000", "--rate-network-failures", "100000", "--rate-inference", "100000",
            "--rate-read", "100000", "--rate-write", "100000",
            "--credits-sweep-milliseconds", "200", "--credits-roll-up-milliseconds", "200",
            "--journal-seal-milliseconds", "200",
        ]
        let first = try await Self.daemon(["up"] + common + settings, listen: "unix:\(socket),127.0.0.1:0")
        let ready = try await first.line(holding: "hubd ready on ", within: .seconds(60))
        self.rpc = try ready.after(", ")
        self.administratorPassword = try await first.line(holding: "has the password ").after("has the password ")
        self.gateway = try await Program(
            Program.built("hub-gateway"),
            ["--http-port", "0", "--rpc-address", "unix:\(socket)", "--log-level", "info"]
        )
        self.http = try await self.gateway.line(holding: "gateway listening on ").after("listening on ")
        self.programs = [standin]
        // A restarted daemon listens where the first did.
        self.arguments = ["serve"] + common + settings + ["--rpc-listen", "unix:\(socket),\(self.rpc)"]
        self.daemon = Mutex(first)
    }

    private static func daemon(_ arguments: [String], listen: String) async throws -> Program {
        try await Program(
            Program.built("hubd"),
            arguments + ["--rpc-listen", listen],
            environment: ["HUBD_PROVIDERS_OPENAI_KEY": Self.key]
        )
    }

    /// A line that the daemon has written, or writes soon.
    func daemonLine(holding text: String) async throws -> String {
        try await self.daemon.withLock { $0 }.line(holding: text)
    }

    /// Ends the daemon as a crash would.
    func killDaemon() async throws {
        let daemon = self.daemon.withLock { $0 }
        daemon.kill()
        try await daemon.exit()
    }

    /// Starts the daemon again, at the same addresses.
    func startDaemon() async throws {
        let next = try await Program(
            Program.built("hubd"),
            self.arguments,
            environment: ["HUBD_PROVIDERS_OPENAI_KEY": Self.key]
        )
        _ = try await next.line(holding: "hubd ready on ", within: .seconds(60))
        self.daemon.withLock { $0 = next }
    }

    /// Starts a second daemon on the same database, at an address of its own. `settings` are further flags of it.
    func anotherDaemon(
        listen: String = "127.0.0.1:0",
        settings: [String] = []
    ) async throws -> (program: Program, rpc: String) {
        let arguments = self.arguments.dropLast(2) + ["--rpc-listen", listen] + settings
        let program = try await Program(
            Program.built("hubd"),
            Array(arguments),
            environment: ["HUBD_PROVIDERS_OPENAI_KEY": Self.key]
        )
        let ready = try await program.line(holding: "hubd ready on ", within: .seconds(60))
        return (program, try ready.after("ready on "))
    }

    /// Asks the daemon to end in order, and waits for it.
    func stopDaemon() async throws -> Program.Exit {
        let daemon = self.daemon.withLock { $0 }
        daemon.terminate()
        return try await daemon.exit(within: .seconds(60))
    }

    /// Looks into the database.
    func withDatabase<Value>(_ body: (Database) async throws -> Value) async throws -> Value {
        let database = Database(
            DatabaseConfiguration(connection: self.postgres.connectionString()),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let result: Result<Value, any Error>
        do { result = .success(try await body(database)) } catch { result = .failure(error) }
        await database.close()
        return try result.get()
    }

    /// Checks what must hold of the ledger at any moment.
    func checkLedger(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let violations = try await self.withDatabase { try await LedgerCheck.violations(in: $0) }
        #expect(violations == [], sourceLocation: sourceLocation)
    }
}

extension String {
    /// What follows a marker in a line.
    func after(_ marker: String) throws -> String {
        guard let range = self.range(of: marker) else { throw Missing(description: "'\(marker)' is not in '\(self)'") }
        return String(self[range.upperBound...])
    }
}

/// Something expected is not there.
struct Missing: Error, CustomStringConvertible {
    let description: String
}

/// Where the sources are.
enum Checkout {
    static let checkout = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path
}
