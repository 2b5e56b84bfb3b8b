import Contract
import Credits
import Foundation
import RPC

/// A ledger as its callers see it: through Swift, or over RPC.
protocol LoadedLedger: Sendable {
    /// Places a hold and, if asked, settles all of it.
    ///
    /// - Throws: `RESOURCE_EXHAUSTED` with reason `INSUFFICIENT_CREDITS` when it is refused.
    func place(_ order: HoldOrder, settling: Bool) async throws
}

/// The ledger in this process.
struct DirectLedger: LoadedLedger {
    private let credits: CreditsService

    init(_ credits: CreditsService) {
        self.credits = credits
    }

    func place(_ order: HoldOrder, settling: Bool) async throws {
        try await self.credits.hold(order)
        if settling { _ = try await self.credits.settle(order.id, order.amount) }
    }
}

/// The ledger of a server.
struct RemoteLedger: LoadedLedger {
    private let commands: CreditCommandsClient

    init(_ client: Client) {
        self.commands = CreditCommandsClient(client)
    }

    func place(_ order: HoldOrder, settling: Bool) async throws {
        let amount = order.amount.description
        let id = order.id.uuidString
        var request = PlaceHoldRequest()
        request.requestID = id
        request.userID = order.userID.uuidString
        request.amount = amount
        request.expiresIn = Int32(order.lifetime)
        request.service = order.service
        let hold = try await self.commands.placeHold(request)
        guard settling else { return }
        var settlement = SettleHoldRequest()
        settlement.requestID = id
        settlement.holdID = hold.holdID
        settlement.amount = amount
        _ = try await self.commands.settleHold(settlement)
    }
}
