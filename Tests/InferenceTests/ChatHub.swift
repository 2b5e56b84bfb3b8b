import Contract
import Credits
import Foundation
import Inference
import Kernel
import Logging
import NIOPosix
import Postgres
import RPC
import Redis
import Support
import SwiftProtobuf
import Testing

/// Chat on a database of its own, with a scripted model, called over RPC.
struct ChatHub: Sendable {
    let database: Database
    let credits: CreditsService
    let chat: InferenceCommandsClient
    let queries: InferenceQueriesClient
    let user: UUID
    /// How many chats were cancelled while the hub worked on them.
    let cancellations: Watched<Int>

    /// What a chat sent back.
    struct Answer: Sendable {
        var text = ""
        var done: ChatDone?
    }

    func request(_ prompt: String = "Say hello", requestID: String = UUID.v7().text) -> ChatRequest {
        .with {
            $0.requestID = requestID
            $0.model = "scripted"
            $0.messages = [
                .with {
                    $0.role = "user"
                    $0.content = prompt
                }
            ]
            $0.maxTokens = 100
        }
    }

    func ask(_ request: ChatRequest) async throws -> Answer {
        try await self.chat.chat(request, CallOptions(as: self.user)) { responses in
            var answer = Answer()
            for try await response in responses {
                switch response.event {
                case .text(let text): answer.text += text
                case .done(let done): answer.done = done
                case nil: Issue.record("a response without an event")
                }
            }
            return answer
        }
    }

    /// Balance and held of the user, in micro-credits.
    func balance() async throws -> [Int64] {
        let state = try await self.credits.account(of: self.user)
        return [state.balance.micro, state.held.micro]
    }

    /// State, charge and reason of the only call.
    func record() async throws -> [String] {
        let calls = try await self.database.rows("SELECT state, charged, quality, reason FROM chat_call") { row in
            ["\(try row.int(0))", "\(try row.int(1))", "\(try row.int(2))", try row.text(3)]
        }
        #expect(calls.count == 1)
        return calls.first ?? []
    }
}

/// The price of the scripted model: a micro-credit for a prompt token, two for one of the answer.
let scriptedModel = PricedModel(
    modelID: "scripted",
    provider: "scripted",
    upstreamName: "scripted-1",
    price: TokenPrice(input: CreditAmount(micro: 1_000_000), output: CreditAmount(micro: 2_000_000)),
    contextTokens: 1_000,
    maxOutputTokens: 200
)

/// Runs a test with a user who owns one credit, and checks the ledger's invariants after it.
func withChat(
    _ model: ScriptedModel,
    holdLifetime: Int64 = 120,
    answerLimit: Duration = .seconds(900),
    velocity limits: VelocityLimits? = nil,
    _ body: (ChatHub) async throws -> Void
) async throws {
    let migrations = KernelMigrations.all + CreditsMigrations.all + InferenceMigrations.all
    try await withScratchDatabase(migrations: migrations) { connection, database in
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let redis = RedisClient(
            try await RedisServer.shared().address,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
        let windows = RateWindows(redis: redis, logger: logger)
        let credits = CreditsService(
            database: database,
            ledger: LedgerEngine(DatabaseConfiguration(connection: connection), logger: logger),
            velocity: limits.map { Velocity(windows, limits: $0, database: database) }
        )
        let service = InferenceService(
            database: database,
            credits: credits,
            providers: ["scripted": model],
            holdLifetime: holdLifetime,
            answerLimit: answerLimit,
            logger: logger
        )
        let user = UUID.v7()
        try await database.put(scriptedModel)
        try await database.write { transaction in try CreditsService.openAccount(transaction, for: user) }
        let cancellations = Watched(0)
        let services = [
            InferenceCommands.definition(of: WatchedChat(service: service, cancellations: cancellations)),
            InferenceQueries.definition(of: service),
        ]
        try await withServer(services) { client in
            let hub = ChatHub(
                database: database,
                credits: credits,
                chat: InferenceCommandsClient(client),
                queries: InferenceQueriesClient(client),
                user: user,
                cancellations: cancellations
            )
            try await body(hub)
        }
        await redis.close()
        let violations = try await LedgerCheck.violations(in: database)
        #expect(violations == [])
    }
}

/// Chat as it is, with its cancellations counted when they reach it.
private struct WatchedChat: InferenceCommandsService {
    let service: InferenceService
    let cancellations: Watched<Int>

    func chat(_ request: ChatRequest, _ responses: ResponseStream<ChatResponse>, _ call: CallContext) async throws {
        try await withTaskCancellationHandler {
            try await self.service.chat(request, responses, call)
        } onCancel: {
            self.cancellations.update { $0 += 1 }
        }
    }
}
