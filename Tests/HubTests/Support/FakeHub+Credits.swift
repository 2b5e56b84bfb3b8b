import Contract
import RPC
import SwiftProtobuf
import Synchronization

extension FakeHub: CreditCommandsService, CreditQueriesService {
    func placeHold(_ request: PlaceHoldRequest, _ call: CallContext) async throws -> Hold {
        try self.authenticate(call)
        self.note(request.requestID)
        return Hold.with {
            $0.holdID = "hold-1"
            $0.userID = request.userID
            $0.amount = request.amount
            $0.state = .open
            $0.settled = "0"
        }
    }

    func settleHold(_ request: SettleHoldRequest, _ call: CallContext) async throws -> Hold {
        throw Status(.failedPrecondition, "The hold has expired.", reason: "HOLD_EXPIRED")
    }

    func releaseHold(_ request: ReleaseHoldRequest, _ call: CallContext) async throws -> Hold {
        throw Status(.notFound, "There is no such hold.")
    }

    func extendHold(_ request: ExtendHoldRequest, _ call: CallContext) async throws -> Hold {
        throw Status(.notFound, "There is no such hold.")
    }

    func deductCredits(_ request: DeductCreditsRequest, _ call: CallContext) async throws -> DeductCreditsResponse {
        throw Status(.resourceExhausted, "Too few credits.", reason: "INSUFFICIENT_CREDITS")
    }

    func checkCredits(_ request: CheckCreditsRequest, _ call: CallContext) async throws -> CheckCreditsResponse {
        CheckCreditsResponse()
    }

    func adjustCredits(_ request: AdjustCreditsRequest, _ call: CallContext) async throws -> Balance {
        throw Status(.permissionDenied, "You may not adjust credits.", reason: "FORBIDDEN")
    }

    func stageBulkFile(_ request: StageBulkFileRequest, _ call: CallContext) async throws -> StagedBulkFile {
        try self.authenticate(call)
        return try self.staged.withLock { files in
            var file = files[request.fileID] ?? []
            let start = Int(request.offset)
            guard start <= file.count else { throw Status(.failedPrecondition, "A gap.", reason: "GAP") }
            if start == file.count { file += request.data }
            files[request.fileID] = file
            return .with { $0.size = Int32(file.count) }
        }
    }

    /// Fails every line, and tells how many bytes were staged as its number.
    func bulkAdjustCredits(
        _ request: BulkAdjustCreditsRequest,
        _ responses: ResponseStream<BulkAdjustCreditsResponse>,
        _ call: CallContext
    ) async throws {
        try self.authenticate(call)
        self.note(request.requestID)
        let size = Int32(self.staged.withLock { $0[request.fileID]?.count ?? 0 })
        try await responses.write(
            .with {
                $0.progress.lines = 2
                $0.progress.decided = 1
            }
        )
        guard request.mode == .bestEffort else { return try await responses.write(.with { $0.done.lines = size }) }
        try await responses.write(
            .with {
                $0.line.line = size
                $0.line.state = .failed
                $0.line.code = "INSUFFICIENT_CREDITS"
                $0.line.message = "Too few."
            }
        )
        try await responses.write(.with { $0.done.failed = 1 })
    }

    func listCreditAudit(_ request: ListCreditAuditRequest, _ call: CallContext) async throws -> ListCreditAuditResponse
    {
        try self.authenticate(call)
        return .with { response in
            response.entries = [
                .with {
                    $0.actorID = request.actorID
                    $0.kind = request.kinds.first ?? .unspecified
                }
            ]
        }
    }

    func getBalance(_ request: GetBalanceRequest, _ call: CallContext) async throws -> Balance {
        try self.authenticate(call)
        return Balance.with {
            $0.userID = "0199-ada"
            $0.balance = "12.5"
            $0.held = "0"
            $0.available = "12.5"
        }
    }

    func listTransactions(
        _ request: ListTransactionsRequest,
        _ call: CallContext
    ) async throws -> ListTransactionsResponse {
        try self.authenticate(call)
        return ListTransactionsResponse()
    }

    func verifyLedger(
        _ request: VerifyLedgerRequest,
        _ responses: ResponseStream<LedgerFinding>,
        _ call: CallContext
    ) async throws {
        try self.authenticate(call)
        try await responses.write(.with { $0.rule = "I1 sum" })
    }

    func getHouseAccounts(
        _ request: GetHouseAccountsRequest,
        _ call: CallContext
    ) async throws -> GetHouseAccountsResponse {
        try self.authenticate(call)
        return GetHouseAccountsResponse()
    }

    func createPromoCode(_ request: CreatePromoCodeRequest, _ call: CallContext) async throws -> PromoCode {
        throw Status(.alreadyExists, "There is such a code.", reason: "PROMO_EXISTS")
    }

    func updatePromoCode(_ request: UpdatePromoCodeRequest, _ call: CallContext) async throws -> PromoCode {
        throw Status(.notFound, "There is no such code.", reason: "PROMO_UNKNOWN")
    }

    func redeemPromoCode(
        _ request: RedeemPromoCodeRequest,
        _ call: CallContext
    ) async throws -> RedeemPromoCodeResponse {
        throw Status(.failedPrecondition, "The code is used up.", reason: "PROMO_EXHAUSTED")
    }

    func listPromoCodes(_ request: ListPromoCodesRequest, _ call: CallContext) async throws -> ListPromoCodesResponse {
        try self.authenticate(call)
        return ListPromoCodesResponse()
    }

    func getCreditReport(
        _ request: GetCreditReportRequest,
        _ call: CallContext
    ) async throws -> GetCreditReportResponse {
        GetCreditReportResponse()
    }

    func exportCreditReport(
        _ request: ExportCreditReportRequest,
        _ responses: ResponseStream<ExportCreditReportResponse>,
        _ call: CallContext
    ) async throws {
        try self.authenticate(call)
        for line in ["service,movements\r\n", "video,2\r\n"] { try await responses.write(.with { $0.csv = line }) }
    }
}
