import Contract
import RPC
import SwiftProtobuf

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
}
