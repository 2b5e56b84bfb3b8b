import Contract
import RPC
import SwiftProtobuf
import Synchronization

@testable import hub_gateway

/// A hub that does what each request asks for, so that a test can see how the gateway passes it on.
struct ScriptedHub: CreditCommandsService, CreditQueriesService, HealthService, IdentityQueriesService,
    InferenceCommandsService
{
    /// Gives the model of each chat that has written the words it was asked for, and "slow" for that balance.
    let started: AsyncStream<String>
    /// Gives the model of each chat that was cancelled, and "slow" for that balance.
    let cancelled: AsyncStream<String>
    /// Balances that were asked for.
    let balances = Counter()
    /// Messages that the flooding chats have written.
    let flood = Counter()
    private let gate = AsyncStream<Never>.makeStream()
    private let start: AsyncStream<String>.Continuation
    private let cancellation: AsyncStream<String>.Continuation

    init() {
        (self.started, self.start) = AsyncStream.makeStream()
        (self.cancelled, self.cancellation) = AsyncStream.makeStream()
    }

    /// Lets the chats end that wait.
    func openGate() { self.gate.continuation.finish() }

    var services: [ServiceDefinition] {
        [
            CreditCommands.definition(of: self), CreditQueries.definition(of: self), Health.definition(of: self),
            IdentityQueries.definition(of: self), InferenceCommands.definition(of: self),
        ]
    }

    /// Whether the hub says that it serves.
    let isWell = Flag()

    func check(
        _ request: Grpc_Health_V1_HealthCheckRequest,
        _ call: CallContext
    ) async throws -> Grpc_Health_V1_HealthCheckResponse {
        .with { $0.status = self.isWell.value ? .serving : .notServing }
    }

    func watch(
        _ request: Grpc_Health_V1_HealthCheckRequest,
        _ responses: ResponseStream<Grpc_Health_V1_HealthCheckResponse>,
        _ call: CallContext
    ) async throws {
        try await responses.write(try await self.check(request, call))
    }

    /// Shows what the hub was told beside the message.
    func getMe(_ request: GetMeRequest, _ call: CallContext) async throws -> User {
        guard let authorization = call.metadata["authorization"] else {
            throw Status(.unauthenticated, "sign in first", reason: "UNAUTHENTICATED")
        }
        return User.with {
            $0.userID = call.metadata["echo-trace"] == nil ? authorization : call.metadata["traceparent"] ?? ""
            $0.email = call.metadata["client-address"] ?? ""
            $0.roles = call.metadata.values(for: "trace")
            $0.permissions = [call.requestID]
        }
    }

    func getBalance(_ request: GetBalanceRequest, _ call: CallContext) async throws -> Balance {
        self.balances.add()
        switch request.userID {
        case "nobody": throw Status(.notFound, "no such account", reason: "NO_ACCOUNT", domain: "test")
        case "slow":
            self.start.yield("slow")
            await untilCancelled()
            self.cancellation.yield("slow")
        default: break
        }
        return Balance.with {
            $0.userID = request.userID
            $0.balance = "12.5"
        }
    }

    func listTransactions(
        _ request: ListTransactionsRequest,
        _ call: CallContext
    ) async throws -> ListTransactionsResponse {
        ListTransactionsResponse.with { $0.nextPageToken = "\(request.kind) \(request.pageSize)" }
    }

    func verifyLedger(
        _ request: VerifyLedgerRequest,
        _ responses: ResponseStream<LedgerFinding>,
        _ call: CallContext
    ) async throws {
        try await responses.write(.with { $0.head.link = request.pinnedLink })
    }

    func getHouseAccounts(
        _ request: GetHouseAccountsRequest,
        _ call: CallContext
    ) async throws -> GetHouseAccountsResponse {
        .with { $0.accounts = [.with { $0.house = .revenue }] }
    }

    func getCreditReport(
        _ request: GetCreditReportRequest,
        _ call: CallContext
    ) async throws -> GetCreditReportResponse {
        .with { $0.nextPageToken = request.groupBy.map { "\($0)" }.joined(separator: " ") }
    }

    /// Answers with the words of the service as lines, then breaks if the model says so.
    func exportCreditReport(
        _ request: ExportCreditReportRequest,
        _ responses: ResponseStream<ExportCreditReportResponse>,
        _ call: CallContext
    ) async throws {
        for word in request.service.split(separator: " ") {
            try await responses.write(.with { $0.csv = word + "\r\n" })
        }
        if request.model == "breaks" { throw Status(.unavailable, "gone", reason: "DATABASE_UNAVAILABLE") }
    }

    func settleHold(_ request: SettleHoldRequest, _ call: CallContext) async throws -> Hold {
        Hold.with {
            $0.holdID = request.holdID
            $0.settled = request.amount
        }
    }

    func placeHold(_ request: PlaceHoldRequest, _ call: CallContext) async throws -> Hold {
        throw Status(.resourceExhausted, "too few credits", reason: "INSUFFICIENT_CREDITS")
    }

    func releaseHold(_ request: ReleaseHoldRequest, _ call: CallContext) async throws -> Hold { Hold() }

    func extendHold(_ request: ExtendHoldRequest, _ call: CallContext) async throws -> Hold { Hold() }

    func deductCredits(_ request: DeductCreditsRequest, _ call: CallContext) async throws -> DeductCreditsResponse {
        DeductCreditsResponse()
    }

    func checkCredits(_ request: CheckCreditsRequest, _ call: CallContext) async throws -> CheckCreditsResponse {
        CheckCreditsResponse()
    }

    func adjustCredits(_ request: AdjustCreditsRequest, _ call: CallContext) async throws -> Balance { Balance() }

    func createPromoCode(_ request: CreatePromoCodeRequest, _ call: CallContext) async throws -> PromoCode {
        .with { $0.code = request.code }
    }

    func updatePromoCode(_ request: UpdatePromoCodeRequest, _ call: CallContext) async throws -> PromoCode {
        .with { $0.code = request.code }
    }

    func redeemPromoCode(
        _ request: RedeemPromoCodeRequest,
        _ call: CallContext
    ) async throws -> RedeemPromoCodeResponse {
        .init()
    }

    func listPromoCodes(_ request: ListPromoCodesRequest, _ call: CallContext) async throws -> ListPromoCodesResponse {
        .init()
    }

    func stageBulkFile(_ request: StageBulkFileRequest, _ call: CallContext) async throws -> StagedBulkFile {
        .with { $0.size = request.offset + Int32(request.data.count) }
    }

    func bulkAdjustCredits(
        _ request: BulkAdjustCreditsRequest,
        _ responses: ResponseStream<BulkAdjustCreditsResponse>,
        _ call: CallContext
    ) async throws {
        try await responses.write(.with { $0.csv = request.csv })
    }

    func listCreditAudit(_ request: ListCreditAuditRequest, _ call: CallContext) async throws -> ListCreditAuditResponse
    {
        ListCreditAuditResponse()
    }

    /// Answers with the words of the model's name, then does what the name's last word says.
    func chat(_ request: ChatRequest, _ responses: ResponseStream<ChatResponse>, _ call: CallContext) async throws {
        let words = request.model.split(separator: " ")
        for word in words.dropLast() { try await responses.write(.with { $0.text = String(word) }) }
        self.start.yield(request.model)
        switch words.last {
        case "breaks": throw Status(.unavailable, "gone", reason: "PROVIDER_UNAVAILABLE", domain: "test")
        case "waits": for await _ in self.gate.stream {}
        case "hangs":
            await untilCancelled()
            self.cancellation.yield(request.model)
        case "floods":
            defer { self.cancellation.yield(request.model) }
            let text = String(repeating: "x", count: 64 << 10)
            while true {
                try await responses.write(.with { $0.text = text })
                self.flood.add()
            }
        default: break
        }
    }
}

/// True until it is lowered.
final class Flag: Sendable {
    private let flag = Mutex(true)

    var value: Bool { self.flag.withLock(\.self) }

    func lower() { self.flag.withLock { $0 = false } }
}

/// Counts what several tasks do.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { self.count.withLock(\.self) }

    func add() { self.count.withLock { $0 += 1 } }
}
