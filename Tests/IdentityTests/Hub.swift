import Contract
import Credits
import Cryptography
import Foundation
import Kernel
import Logging
import NIOPosix
import Postgres
import Redis
import Support
import SwiftProtobuf

@testable import Identity
@testable import RPC

/// Identity as one hub runs it: a database of its own, windows of its own, and any number of nodes.
struct Hub: Sendable {
    let database: Database
    let redis: RedisClient
    let configuration: IdentityConfiguration
    let logger: Logger
    /// The node that most tests talk to.
    let node: IdentityService
    /// Where calls come from, unless a test says otherwise. Nobody else counts against it.
    let client = "client-\(UUID().uuidString)"
    /// The address of the first user.
    let email = "ada-\(UUID().uuidString.prefix(8).lowercased())@example.com"

    static let password = "a long and winding pass"

    /// Another node of the same hub.
    func anotherNode(
        _ configuration: IdentityConfiguration? = nil,
        on database: Database? = nil
    ) throws -> IdentityService {
        try Self.node(configuration ?? self.configuration, database ?? self.database, self.redis, self.logger)
    }

    /// The key ring as a new node reads it.
    func keys() -> SigningKeys {
        SigningKeys(database: self.database, sealing: self.configuration.masterKey.sealing, logger: self.logger)
    }

    /// A call of a method as its handler sees it.
    func call(
        _ method: MethodDescriptor = IdentityCommands.login.descriptor,
        from client: String? = nil,
        token: String? = nil
    ) -> CallContext {
        self.call(method, from: client, authorization: token.map { ["Bearer \($0)"] } ?? [])
    }

    /// The same with any values of `authorization`.
    func call(
        _ method: MethodDescriptor,
        from client: String? = nil,
        authorization: [String]
    ) -> CallContext {
        var metadata = Metadata(["client-address": client ?? self.client])
        for value in authorization { metadata.append("authorization", value) }
        let head = CallHead(
            method: method,
            metadata: metadata,
            credential: Credential(in: metadata),
            origin: CallOrigin(.unix, logger: self.logger)
        )
        return CallContext(head, serial: .random(in: .min ... .max))
    }

    func register(_ email: String? = nil, _ password: String = Self.password) async throws -> RegisterResponse {
        try await self.node.register(
            .with {
                $0.email = email ?? self.email
                $0.password = password
            },
            self.call(IdentityCommands.register.descriptor)
        )
    }

    func login(
        _ email: String? = nil,
        _ password: String = Self.password,
        from client: String? = nil,
        on node: IdentityService? = nil
    ) async throws -> TokenPair {
        try await (node ?? self.node).login(
            .with {
                $0.email = email ?? self.email
                $0.password = password
            },
            self.call(from: client)
        )
    }

    func refresh(_ token: String, on node: IdentityService? = nil) async throws -> TokenPair {
        try await (node ?? self.node).refresh(
            .with { $0.refreshToken = token },
            self.call(IdentityCommands.refresh.descriptor)
        )
    }

    /// Registers and signs in.
    func newcomer(_ email: String? = nil, role: String? = nil) async throws -> TokenPair {
        _ = try await self.register(email)
        if let role {
            let change = Statement(
                """
                UPDATE user_role SET role_id = (SELECT id FROM role WHERE name = $2)
                WHERE user_id = (SELECT id FROM user_account WHERE email_key = $1)
                """
            )
            try await self.database.run(change, [.text(email ?? self.email), .text(role)])
        }
        return try await self.login(email)
    }

    /// One whole number that SQL answers.
    func number(_ sql: String) async throws -> Int64? {
        try await self.database.first(Statement(sql)) { try $0.int(0) }
    }

    /// The kinds of the journal's rows, oldest first.
    func journal(_ pattern: String) async throws -> [String] {
        try await self.database.rows(
            Statement("SELECT kind FROM journal WHERE kind LIKE $1 ORDER BY seq"),
            [.text(pattern)]
        ) { try $0.text(0) }
    }

    fileprivate static func node(
        _ configuration: IdentityConfiguration,
        _ database: Database,
        _ redis: RedisClient,
        _ logger: Logger
    ) throws -> IdentityService {
        IdentityService(
            configuration,
            database: database,
            windows: RateWindows(redis: redis, logger: logger),
            hasher: try PasswordHasher(cost: 4, threads: 2, waiting: 64),
            logger: logger
        )
    }
}

/// Runs `body` on a hub of its own, whose windows are counted in `redis` or in the server that all tests share.
func withHub(
    redis: RedisServer? = nil,
    configure: (inout IdentityConfiguration) -> Void = { _ in },
    _ body: (Hub) async throws -> Void
) async throws {
    var configuration = IdentityConfiguration(masterKey: try MasterKey(Randomness.bytes(32)))
    configuration.signInFailures = 1_000
    configuration.networkFailures = 1_000
    configure(&configuration)
    let server = if let redis { redis } else { try await RedisServer.shared() }
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let client = RedisClient(server.address, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    let migrations = KernelMigrations.all + CreditsMigrations.all + IdentityMigrations.all
    try await withScratchDatabase(migrations: migrations) { _, database in
        let node = try Hub.node(configuration, database, client, logger)
        let hub = Hub(database: database, redis: client, configuration: configuration, logger: logger, node: node)
        try await body(hub)
    }
    await client.close()
}

/// The status that a call is refused with.
func refusal(_ call: () async throws -> some Any) async throws -> Status {
    do {
        _ = try await call()
    } catch let status as Status {
        return status
    } catch let error as any StatusConvertible {
        return error.status
    }
    throw NotRefused()
}

/// A call was answered that should have been refused.
struct NotRefused: Error {}

extension Status {
    /// The stable reason, if there is one.
    var reason: String { self.errorInfo?.reason ?? "" }
}
