import Contract
import Credits
import Foundation
import Kernel
import Logging
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

extension Ledger {
    @discardableResult
    func makeCode(
        _ code: String,
        _ credits: String = "5",
        maxUses: Int32 = 0,
        expiresAt: Google_Protobuf_Timestamp? = nil,
        requestID: String = UUID.v7().text,
        isActive: Bool? = nil
    ) async throws -> PromoCode {
        let request = CreatePromoCodeRequest.with {
            $0.requestID = requestID
            $0.code = code
            $0.credits = credits
            $0.maxUses = maxUses
            if let expiresAt { $0.expiresAt = expiresAt }
            if let isActive { $0.active = isActive }
        }
        return try await self.commands.createPromoCode(request, CallOptions(as: self.administrator))
    }

    @discardableResult
    func change(
        _ code: String,
        requestID: String = UUID.v7().text,
        _ terms: (inout UpdatePromoCodeRequest) -> Void
    ) async throws -> PromoCode {
        var request = UpdatePromoCodeRequest.with {
            $0.requestID = requestID
            $0.code = code
        }
        terms(&request)
        return try await self.commands.updatePromoCode(request, CallOptions(as: self.administrator))
    }

    func redeem(
        _ code: String,
        by user: UUID,
        requestID: String = UUID.v7().text,
        from address: String? = nil
    ) async throws -> RedeemPromoCodeResponse {
        var options = CallOptions(as: user)
        if let address { options.metadata.append("client-address", address) }
        let request = RedeemPromoCodeRequest.with {
            $0.requestID = requestID
            $0.code = code
        }
        return try await self.commands.redeemPromoCode(request, options)
    }

    /// What became of redemptions that all begin at once: how many gave credits, and the reasons of the others.
    func outcomes(
        of count: Int,
        _ redemption: @escaping @Sendable (Int) async throws -> RedeemPromoCodeResponse
    ) async throws -> (given: Int, refused: [String]) {
        try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        _ = try await redemption(number)
                        return nil
                    } catch let refusal as Status {
                        return reason(refusal) ?? "\(refusal.code)"
                    }
                }
            }
            let reasons = try await group.reduce(into: [String?]()) { $0.append($1) }
            return (reasons.count { $0 == nil }, reasons.compactMap(\.self))
        }
    }

    /// Uses of each code, newest first.
    func uses() async throws -> [String: Int32] {
        let page = try await self.queries.listPromoCodes(.init(), CallOptions(as: self.administrator))
        return Dictionary(uniqueKeysWithValues: page.promoCodes.map { ($0.code, $0.uses) })
    }

    /// The facts of the journal's rows of a kind, oldest first.
    func journal(_ kind: String) async throws -> [Google_Protobuf_Struct] {
        let payloads = try await self.database.rows(
            "SELECT payload FROM journal WHERE kind = $1 ORDER BY seq",
            [.text(kind)]
        ) { row in try row.bytes(0) }
        return try payloads.map { try Google_Protobuf_Struct(serializedBytes: $0) }
    }
}

extension Google_Protobuf_Timestamp {
    init(daysAhead days: Double) {
        self.init(seconds: Int64(Date().timeIntervalSince1970 + days * 86_400), nanos: 0)
    }
}

/// Runs a test on two engines that write one ledger, as two daemons do, and checks the invariants after it.
func withTwoLedgers(_ body: (Ledger, Ledger) async throws -> Void) async throws {
    try await withScratchDatabase(migrations: KernelMigrations.all + CreditsMigrations.all) { connection, database in
        let engines = (0..<2).map { _ in
            LedgerEngine(DatabaseConfiguration(connection: connection), logger: Logger(label: "test"))
        }
        try await withLedger(on: database, at: connection, CreditsService(database: database, ledger: engines[0])) {
            first in
            try await withLedger(on: database, at: connection, CreditsService(database: database, ledger: engines[1])) {
                second in
                try await body(first, second)
            }
        }
        for engine in engines { await engine.close() }
        #expect(try await LedgerCheck.violations(in: database) == [])
    }
}

/// Runs a test on a service, called over RPC.
func withLedger(
    on database: Database,
    at connection: String,
    _ service: CreditsService,
    _ body: (Ledger) async throws -> Void
) async throws {
    let services = [CreditCommands.definition(of: service), CreditQueries.definition(of: service)]
    try await withServer(services) { client in
        let ledger = Ledger(
            database: database,
            serving: database,
            connection: connection,
            service: service,
            commands: CreditCommandsClient(client),
            queries: CreditQueriesClient(client)
        )
        try await body(ledger)
    }
}
