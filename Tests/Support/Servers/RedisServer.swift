import Foundation
package import Redis
import Synchronization

/// A Redis of the tests' own, which keeps everything in memory, is reachable over a unix socket only and ends with them.
package final class RedisServer: Sendable {
    /// Where its socket is.
    package let path: String
    private let folder: String
    private let arguments: [String]
    private let process = Mutex<Program?>(nil)

    private init(folder: String, arguments: [String]) {
        self.folder = folder
        self.path = "\(folder)/redis.sock"
        self.arguments = arguments
    }

    /// The server that all tests of this process share; nobody may stop or empty it.
    package static func shared() async throws -> RedisServer {
        try await self.once.value
    }

    private static let once = Task.detached { try await RedisServer.start() }

    /// Starts a server that belongs to the caller alone.
    ///
    /// - Parameter arguments: further ones for `redis-server`.
    /// - Returns: the server, accepting connections.
    /// - Throws: `Program.LaunchError` or `TimedOut`.
    package static func start(arguments: [String] = []) async throws -> RedisServer {
        let server = RedisServer(folder: try ScratchFolder.make("redis"), arguments: arguments)
        try await server.launch()
        return server
    }

    /// The address for a client.
    package var address: RedisAddress { .unix(path: self.path) }

    /// Starts the server again after `stop` or `kill`, and waits until it accepts connections.
    package func launch() async throws {
        let program = try await Program(
            "redis-server",
            [
                "--port", "0", "--unixsocket", self.path, "--dir", self.folder, "--save", "", "--appendonly", "no",
                "--daemonize", "no",
            ] + self.arguments
        )
        _ = try await program.line(holding: "ready to accept connections at \(self.path)")
        self.process.withLock { $0 = program }
    }

    /// Stops the server and starts it again, empty.
    package func restart() async throws {
        try await self.stop()
        try await self.launch()
    }

    /// Stops the server in order.
    package func stop() async throws {
        try await self.end(with: SIGTERM)
    }

    /// Kills the server.
    package func kill() async throws {
        try await self.end(with: SIGKILL)
    }

    /// Lets the server stand still, or go on: its connections stay but nothing is answered.
    package func setFrozen(_ isFrozen: Bool) {
        self.process.withLock { $0?.send(isFrozen ? SIGSTOP : SIGCONT) }
    }

    private func end(with signal: Int32) async throws {
        let program = self.process.withLock { $0.take() }
        program?.send(signal)
        try await program?.exit()
    }
}
