import Contract
import Foundation
import Logging
import NIOPosix
import RPC
import Simulation
import Support
import Synchronization
import Testing

/// A hub of two daemons on one database, parts of which are killed and started again.
final class CrashRig: Sendable {
    /// What can be killed.
    enum Victim: CaseIterable {
        case firstDaemon, postgres, secondDaemon, redis
    }

    let hub: RunningHub
    /// Whose credits are moved.
    let users: [UUID]
    /// Who moves them: the administrator.
    let principal: UUID
    private let second: Mutex<Program>
    private let token: Mutex<String>
    private var secondAddress: String { "unix:\(self.hub.folder)/second.sock" }

    init(users count: Int = 5) async throws {
        self.hub = try await RunningHub(isDurable: true)
        var users: [UUID] = []
        for _ in 0..<count {
            let person = try await Person.signedIn(self.hub)
            users.append(try #require(UUID(uuidString: try await person.userID())))
        }
        self.users = users
        let administrator = try await Person.administrator(self.hub)
        self.principal = try #require(UUID(uuidString: try await administrator.userID()))
        self.token = Mutex(administrator.tokens.accessToken)
        let folder = self.hub.folder
        self.second = Mutex(try await self.hub.anotherDaemon(listen: "unix:\(folder)/second.sock").program)
    }

    /// Kills it, as a crash would, and starts it again.
    func kill(_ victim: Victim) async throws {
        switch victim {
        case .firstDaemon:
            try await self.hub.killDaemon()
            try await self.hub.startDaemon()
        case .secondDaemon:
            let daemon = self.second.withLock { $0 }
            daemon.kill()
            try await daemon.exit()
            let next = try await self.hub.anotherDaemon(listen: self.secondAddress).program
            self.second.withLock { $0 = next }
        case .postgres:
            try await self.hub.postgres.kill()
            try await self.hub.postgres.launch()
        case .redis:
            try await self.hub.redis.kill()
            try await self.hub.redis.launch()
        }
        // Tokens last a quarter of an hour only.
        let token = try await Person.administrator(self.hub).tokens.accessToken
        self.token.withLock { $0 = token }
    }

    /// Runs `body` with so many clients, each with connections of its own to both daemons.
    func withClients<Value>(_ count: Int, _ body: ([CrashClient]) async throws -> Value) async throws -> Value {
        var configuration = ClientConfiguration()
        configuration.retry.waitsForConnection = true
        configuration.longestBackoff = .milliseconds(100)
        let addresses = [self.hub.rpc, self.secondAddress]
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let clients = try (0..<count).map { _ in
            try addresses.map { address in
                Client(
                    try #require(Server.Address(address)),
                    configuration: configuration,
                    group: MultiThreadedEventLoopGroup.singleton,
                    logger: logger
                )
            }
        }
        let result: Result<Value, any Error>
        do {
            result = .success(
                try await body(clients.map { CrashClient(daemons: $0) { self.token.withLock { $0 } } })
            )
        } catch {
            result = .failure(error)
        }
        for client in clients.joined() { await client.close() }
        return try result.get()
    }

    /// Runs `body` while so many clients send commands without a pause.
    func working(_ load: CrashLoad, clients count: Int, _ body: () async throws -> Void) async throws -> RunReport {
        let began = ContinuousClock.now
        var chance = Chance(seed: .random(in: 0 ... .max))
        var mix = CommandGenerator.Mix()
        mix.isPatient = true
        try await self.withClients(count) { clients in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, client) in clients.enumerated() {
                    let generator = CommandGenerator(
                        users: self.users,
                        principals: [self.principal],
                        name: "c\(number)",
                        mix: mix,
                        chance.fork()
                    )
                    group.addTask { try await client.work(generator, load) }
                }
                do { try await body() } catch {
                    load.end()
                    throw error
                }
                load.end()
                try await group.waitForAll()
            }
        }
        return RunReport(load.log.attempts, openOutcomes: load.openOutcomes, time: .now - began)
    }

    /// What a user has, as the administrator sees it.
    func balance(of user: UUID) async throws -> Simulation.Answer {
        try await self.withClients(1) { clients in try await clients[0].balance(of: user) }
    }
}
