package import Contract
import Foundation
import Kernel
import Postgres
package import RPC

extension CreditsService {
    /// Reserves credits of a user for a service that meters itself.
    package func placeHold(_ request: PlaceHoldRequest, _ call: CallContext) async throws -> Hold {
        let key = try CommandKey(call, requestID: request.requestID, request)
        let order = HoldOrder(
            id: UUID.v7(),
            userID: try call.subject("user_id", request.userID),
            amount: try CreditAmount(field: "amount", request.amount, in: .positive),
            lifetime: try lifetime(request.expiresIn),
            service: try text(field: "service", request.service, atMost: 64)
        )
        return try await self.database.once(key) { transaction in
            try transaction.placeHold(order, actor: key.principal, requestID: key.requestID.text).message
        }
    }

    /// Reserves credits for another context. Placing the same id twice reserves once.
    ///
    /// - Throws: `RESOURCE_EXHAUSTED` with reason `INSUFFICIENT_CREDITS`, `NOT_FOUND`.
    package func hold(_ order: HoldOrder) async throws {
        try await self.database.write { transaction in
            _ = try transaction.placeHold(order, actor: order.userID, requestID: nil)
        }
    }
}

extension Transaction {
    fileprivate borrowing func placeHold(_ order: HoldOrder, actor: UUID, requestID: String?) throws -> StoredHold {
        var account = try self.lockAccount(of: order.userID)
        if account.state.holding(order.amount) == nil { try self.expireOverdue(of: &account) }
        guard let state = account.state.holding(order.amount) else {
            // What is missing may be what the first placing of this hold has taken.
            if let earlier = try self.placedHold(order.id) { return earlier }
            throw Status.insufficientCredits(account.state, needed: order.amount)
        }
        let hold = try self.insertHold(
            order.id,
            on: account,
            order.amount,
            lifetime: order.lifetime,
            service: order.service
        )
        guard let hold else { return try self.lockHold(order.id).hold }
        try self.store(state, in: &account)
        try Journal.append(
            self,
            stream: account.stream,
            version: account.version,
            kind: "credits.hold-placed",
            actor: actor,
            requestID: requestID,
            payload: hold.message
        )
        return hold
    }

    /// Frees what the account's own overdue holds still reserve, so that nobody is refused for the sweeper's delay.
    private borrowing func expireOverdue(of account: inout LockedAccount) throws {
        for var hold in try self.overdueHolds(of: account) {
            try self.end(&hold, as: .expired, on: &account, actor: nil)
        }
    }
}

/// Seconds until a hold expires.
private func lifetime(_ seconds: Int32) throws(Status) -> Int64 {
    switch seconds {
    case 0: 600
    case 1...86_400: Int64(seconds)
    default: throw .invalid(field: "expires_in", "must be 1 to 86400 seconds, or 0 for 600")
    }
}
