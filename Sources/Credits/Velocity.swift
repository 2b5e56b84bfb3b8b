package import Foundation
package import Kernel
import Logging
package import Postgres
package import RPC
import SwiftProtobuf

/// Stops who redeems or spends faster than honest use does, and writes an alert to the journal. Counts in windows that may
/// be lost with Redis: then more passes for a while.
package struct Velocity: Sendable {
    private let windows: RateWindows
    private let limits: VelocityLimits
    private let database: Database

    /// - Parameters:
    ///   - windows: What counts.
    ///   - limits: How much may be counted.
    ///   - database: Whose journal gets the alerts.
    package init(_ windows: RateWindows, limits: VelocityLimits = VelocityLimits(), database: Database) {
        self.windows = windows
        self.limits = limits
        self.database = database
    }

    /// Counts an attempt to redeem a code. `isRepeat` says whether it was answered before; such a one is never too fast.
    ///
    /// - Throws: `RESOURCE_EXHAUSTED` with reason `VELOCITY_LIMIT`.
    func admitRedemption(
        by account: UUID,
        _ call: CallContext,
        unless isRepeat: () async throws -> Bool
    ) async throws {
        try await self.admit(
            [
                Measure("redeem-account", of: account.text, upTo: self.limits.redeemAccount, in: .seconds(3600)),
                Measure("redeem-address", of: call.client.network, upTo: self.limits.redeemAddress, in: .seconds(3600)),
            ],
            call,
            unless: isRepeat
        )
    }

    /// Counts what `body` spends. The credits are taken back if it throws and nothing was spent. `isRepeat` says whether it
    /// was answered before; such a one is never too fast.
    ///
    /// - Throws: `RESOURCE_EXHAUSTED` with reason `VELOCITY_LIMIT`, or what `body` throws.
    func spending<Value>(
        _ amount: CreditAmount,
        of account: UUID,
        _ call: CallContext,
        unless isRepeat: () async throws -> Bool,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let credits = Measure(credits: amount.micro, of: account.text, upTo: self.limits.spendCredits.micro)
        try await self.admit(
            [
                Measure("spend-account", of: account.text, upTo: self.limits.spendAccount, in: .seconds(60)),
                Measure("spend-address", of: call.client.network, upTo: self.limits.spendAddress, in: .seconds(60)),
                credits,
            ],
            call,
            unless: isRepeat
        )
        do {
            return try await body()
        } catch let error as PostgresError where error.mayHaveExecuted {
            throw error
        } catch {
            await self.takeBack([credits])
            throw error
        }
    }
}

/// What is counted against one limit.
private struct Measure {
    /// The setting that sets the limit.
    let setting: String
    /// The account or address.
    let whose: String
    let limit: Int64
    let amount: Int64
    let window: Duration
    /// Whether only what succeeds counts; else every attempt does.
    var isOfCredits = false

    /// Counts one attempt.
    init(_ name: String, of whose: String, upTo limit: Int64, in window: Duration) {
        (self.setting, self.whose, self.limit, self.amount, self.window) = ("velocity.\(name)", whose, limit, 1, window)
    }

    /// Counts micro-credits in an hour. More than the limit counts as just above it, so that no sum grows too large.
    init(credits: Int64, of whose: String, upTo limit: Int64) {
        (self.setting, self.whose, self.limit) = ("velocity.spend-credits", whose, limit)
        (self.amount, self.window, self.isOfCredits) = (min(credits, limit + 1), .seconds(3600), true)
    }

    var name: String { "\(self.setting):\(self.whose)" }

    /// The limit as the setting gives it.
    var limitText: String { self.isOfCredits ? CreditAmount(micro: self.limit).description : String(self.limit) }
}

extension Velocity {
    private func admit(
        _ measures: [Measure],
        _ call: CallContext,
        unless isRepeat: () async throws -> Bool
    ) async throws {
        let measures = measures.filter { $0.limit > 0 }
        let counts = await self.windows.count(
            measures.map { RateWindows.Addition($0.name, $0.amount, window: $0.window) }
        )
        let exceeded = zip(measures, counts).filter { $1.total > $0.limit }
        guard let (measure, count) = exceeded.max(by: { $0.1.rest < $1.1.rest }) else { return }
        // What is refused spends nothing.
        await self.takeBack(measures)
        guard try await !isRepeat() else { return }
        for (measure, count) in exceeded { await self.alert(measure, rest: count.rest, call) }
        throw Status.velocityLimit(measure.setting, retryAfter: count.rest)
    }

    private func takeBack(_ measures: [Measure]) async {
        for measure in measures where measure.isOfCredits && measure.limit > 0 {
            await self.windows.takeBack(measure.name, measure.amount)
        }
    }

    /// Tells the journal and the log, once for each window: the alert has a window of its own that ends with it.
    private func alert(_ measure: Measure, rest: Duration, _ call: CallContext) async {
        let name = "alert:\(measure.name)"
        let rest = max(rest, .milliseconds(1))
        guard await self.windows.count(name, window: rest).total == 1 else { return }
        do {
            try await self.note(measure, rest: rest, call)
            call.logger.warning(
                "velocity limit reached",
                metadata: ["limit": "\(measure.setting)", "whose": "\(measure.whose)"]
            )
        } catch {
            // The next attempt in this window tells the journal.
            await self.windows.takeBack(name)
            call.logger.error(
                "a velocity alert is not in the journal",
                metadata: ["limit": "\(measure.setting)", "whose": "\(measure.whose)", "error": "\(error)"]
            )
        }
    }

    private func note(_ measure: Measure, rest: Duration, _ call: CallContext) async throws {
        let end = Date().addingTimeInterval(rest / .seconds(1))
        let facts = [
            "limit": measure.setting,
            "allowed": measure.limitText,
            "whose": measure.whose,
            "window_seconds": String(measure.window.components.seconds),
            "window_ends_at": end.ISO8601Format(),
            "method": call.method.path,
        ]
        let actor = try call.principal.userID
        let requestID = call.requestID
        _ = try await self.database.write { transaction in
            // Each alert is a stream of its own.
            try Journal.append(
                transaction,
                stream: "velocity:\(UUID.v7().text)",
                version: 1,
                kind: "credits.velocity-alert",
                actor: actor,
                requestID: requestID,
                payload: Google_Protobuf_Struct(fields: facts.mapValues { Google_Protobuf_Value(stringValue: $0) })
            )
        }
    }
}

extension CreditsService {
    /// Counts what `body` spends of an account against the limits on speed.
    ///
    /// - Parameters:
    ///   - amount: The most that it spends.
    ///   - account: Who pays.
    ///   - call: Whose address is counted.
    ///   - command: What `body` posts, if that is all; a repeat of it is never too fast.
    ///   - body: Spends.
    /// - Returns: What `body` returns.
    /// - Throws: `RESOURCE_EXHAUSTED` with reason `VELOCITY_LIMIT`, or what `body` throws.
    package func spending<Value>(
        _ amount: CreditAmount,
        of account: UUID,
        _ call: CallContext,
        for command: LedgerCommand? = nil,
        _ body: () async throws -> Value
    ) async throws -> Value {
        guard let velocity else { return try await body() }
        let isRepeat = { if let command { try await self.ledger.hasAnswered(command) } else { false } }
        return try await velocity.spending(amount, of: account, call, unless: isRepeat, body)
    }
}

extension Status {
    /// Too much in one window.
    fileprivate static func velocityLimit(_ setting: String, retryAfter: Duration) -> Status {
        let seconds = max(0, retryAfter.components.seconds) + 1  // rounded up: too early is refused again
        return .hub(
            .resourceExhausted,
            "VELOCITY_LIMIT",
            "This is faster than \(setting) of the hub allows; try again in \(seconds) s with the same request_id.",
            metadata: ["limit": setting],
            details: [Google_Rpc_RetryInfo.with { $0.retryDelay.seconds = seconds }]
        )
    }
}
