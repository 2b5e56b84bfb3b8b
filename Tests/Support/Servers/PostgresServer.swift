import Foundation
import Synchronization

/// A Postgres of the tests' own: a cluster in a scratch folder, reachable over a unix socket only, that ends with them.
package final class PostgresServer: Sendable {
    /// The superuser of the cluster.
    static let role = "hub"

    private let folder: String
    private let settings: [String: String]
    private let process = Mutex<Program?>(nil)

    private init(folder: String, settings: [String: String]) {
        self.folder = folder
        self.settings = settings
    }

    /// The server that all tests of this process share; nobody may stop it.
    package static func shared() async throws -> PostgresServer {
        try await self.once.value
    }

    private static let once = Task.detached { try await PostgresServer.start() }

    /// Creates and starts a server that belongs to the caller alone.
    ///
    /// - Parameters:
    ///   - isDurable: whether it waits for the disk; without, it survives a crash of its own but not of the machine.
    ///   - settings: further settings by name.
    /// - Returns: the server, accepting connections.
    /// - Throws: `Program.LaunchError` or `TimedOut`.
    package static func start(
        isDurable: Bool = false,
        settings: [String: String] = [:]
    ) async throws -> PostgresServer {
        let user = SystemUser.unprivileged
        let folder = try ScratchFolder.make("pg", owner: user)
        let fixed = [
            "listen_addresses": "",
            "unix_socket_directories": folder,
            "max_connections": "300",
            "shared_buffers": "64MB",
            "fsync": isDurable ? "on" : "off",
            "synchronous_commit": isDurable ? "on" : "off",
            "full_page_writes": isDurable ? "on" : "off",
            "autovacuum": isDurable ? "on" : "off",
            "jit": "off",
        ]
        let server = PostgresServer(folder: folder, settings: fixed.merging(settings) { $1 })
        try await server.copyCluster(as: user)
        try await server.launch()
        return server
    }

    /// A libpq connection string for one of its databases.
    package func connectionString(database: String = "postgres") -> String {
        "host=\(self.folder) user=\(Self.role) dbname=\(database)"
    }

    /// The folder of its socket, for programs that want that.
    package var socketFolder: String { self.folder }

    /// Starts the server again after `stop` or `kill`, and waits until it accepts connections.
    package func launch() async throws {
        while true {
            let arguments = ["-D", "\(self.folder)/data"] + self.settings.flatMap { ["-c", "\($0.key)=\($0.value)"] }
            let program = try await Program(
                try await Self.binary("postgres"),
                arguments,
                environment: ["LC_ALL": "C", "TZ": "UTC"],
                deathSignal: .quit,
                user: SystemUser.unprivileged
            )
            do {
                _ = try await program.line(holding: "ready to accept connections", within: .seconds(60))
                return self.process.withLock { $0 = program }
            } catch let error as Program.LaunchError {
                // backends of a killed server are about to end
                guard program.errors.contains(where: { $0.contains("shared memory block") }) else { throw error }
            }
        }
    }

    /// Stops the server and starts it again; clients lose their connections.
    package func restart() async throws {
        try await self.stop()
        try await self.launch()
    }

    /// Stops the server in order; open transactions are rolled back.
    package func stop() async throws {
        try await self.end(with: SIGINT)
    }

    /// Kills the server like a crash; committed transactions survive it.
    package func kill() async throws {
        try await self.end(with: SIGKILL)
    }

    private func end(with signal: Int32) async throws {
        let program = self.process.withLock { $0.take() }
        program?.send(signal)
        try await program?.exit(within: .seconds(60))
    }

    /// Creating a cluster takes seconds, copying one a moment.
    private func copyCluster(as user: SystemUser?) async throws {
        let cluster = try await Self.cluster.value
        let (exit, _, errors) = try await Program.run("cp", ["-a", cluster, "\(self.folder)/data"], user: user)
        guard exit == .code(0) else { throw Program.LaunchError(description: errors.joined(separator: "\n")) }
    }

    private static let cluster = Task.detached {
        let user = SystemUser.unprivileged
        let path = try ScratchFolder.make("pg", owner: user) + "/data"
        let (exit, _, errors) = try await Program.run(
            try await PostgresServer.binary("initdb"),
            [
                "-D", path, "-U", PostgresServer.role, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync",
                "--no-instructions",
            ],
            user: user
        )
        guard exit == .code(0) else {
            throw Program.LaunchError(description: "initdb failed: \(errors.joined(separator: "\n"))")
        }
        return path
    }

    /// The path of one of the server's programs, which Debian keeps outside the search path.
    package static func binary(_ name: String) async throws -> String {
        let folder = try await Program.run("pg_config", ["--bindir"]).output.first ?? "/usr/lib/postgresql/15/bin"
        let path = "\(folder)/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Program.LaunchError(description: "there is no \(path); install the package postgresql-15")
        }
        return path
    }
}
