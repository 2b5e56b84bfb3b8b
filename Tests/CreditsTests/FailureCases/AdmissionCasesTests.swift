import Contract
import Credits
import Foundation
import Kernel
import RPC
import Support
import SwiftProtobuf
import Testing

/// How other gateways have let too much through, or refused for nothing; named as in the list of failure cases.
@Suite struct AdmissionCasesTests {
    @Test func `A-01 check then act: of 50 holds of 100 at once on 1000 exactly 10 are admitted`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "1000")

            let admitted = await admissions(50) { _ in try await ledger.hold("100", of: user) }

            #expect(admitted == 10)
            #expect(try await ledger.balance(of: user) == ["1000", "1000", "0"])
        }
    }

    @Test func `A-02 trusted bypass: a rich account is held to its last estimate`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "1000000")

            for _ in 0..<7 { _ = try await ledger.hold("0.000001", of: user) }

            #expect(try await ledger.balance(of: user) == ["1000000", "0.000007", "999999.999993"])
        }
    }

    @Test func `A-09 a cap for each replica: two processes admit together what one would`() async throws {
        try await withEngines { engines in
            let user = try await engines.users(1)[0]

            let admitted = await admissions(50) { number in
                try await engines[number % 2].post(
                    LedgerCommand(
                        id: UUID(),
                        account: user,
                        .hold(CreditAmount(micro: 100_000), lifetime: 60, service: "chat", model: "")
                    )
                )
            }

            #expect(admitted == 10)
        }
    }

    @Test
    func `A-10 a limit not saved: what limits a code is read back as it was given, and refuses whoever is above it`()
        async throws
    {
        try await withLedger { ledger in
            func limit() async throws -> Int32? {
                let page = try await ledger.queries.listPromoCodes(.init(), CallOptions(as: ledger.administrator))
                return page.promoCodes.first?.maxUses
            }
            func redeem() async throws { _ = try await ledger.redeem("WELCOME", by: try await ledger.user()) }

            try await ledger.makeCode("WELCOME", maxUses: 2)
            #expect(try await limit() == 2)
            for _ in 0..<2 { try await redeem() }
            #expect(reason(await #expect(throws: Status.self) { try await redeem() }) == "PROMO_EXHAUSTED")

            try await ledger.change("WELCOME") { $0.maxUses = 3 }
            #expect(try await limit() == 3)
            try await redeem()
            #expect(reason(await #expect(throws: Status.self) { try await redeem() }) == "PROMO_EXHAUSTED")
        }
    }

    @Test func `A-11 phantom refusal: a refusal says what is there, and nothing is held when all is quiet`()
        async throws
    {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")
            let holds = [try await ledger.hold("4", of: user), try await ledger.hold("5", of: user)]

            let error = await #expect(throws: Status.self) { try await ledger.hold("2", of: user) }
            _ = try await ledger.release(holds[0])
            _ = try await ledger.settle(holds[1], "0")

            let told = ["needed": "2", "available": "1", "balance": "10", "held": "9"]
            #expect(error?.errorInfo?.metadata == told)
            #expect(try await ledger.balance(of: user) == ["10", "0", "10"])
        }
    }

    @Test func `A-12 forged hold id: one's own request id names no hold of anybody else`() async throws {
        try await withLedger { ledger in
            let (victim, thief) = (try await ledger.user(owning: "5"), try await ledger.user(owning: "5"))
            func hold(as caller: UUID) async throws -> Hold {
                let request = PlaceHoldRequest.with {
                    $0.requestID = "the-same"
                    $0.amount = "1"
                    $0.service = "chat"
                }
                return try await ledger.commands.placeHold(request, CallOptions(as: caller))
            }

            let (first, second) = (try await hold(as: victim), try await hold(as: thief))

            #expect(first.holdID != second.holdID)
            #expect(first.holdID != "the-same")
            #expect(try await ledger.balance(of: victim) == ["5", "1", "4"])
            #expect(try await ledger.balance(of: thief) == ["5", "1", "4"])
        }
    }
}

/// How many of so many calls at once come through; all others must be refused for want of credits.
func admissions(_ count: Int, _ call: @escaping @Sendable (Int) async throws -> some Sendable) async -> Int {
    await withTaskGroup(of: Bool.self) { group in
        for number in 0..<count {
            group.addTask {
                do {
                    _ = try await call(number)
                    return true
                } catch {
                    #expect((error as? Status)?.errorInfo?.reason == "INSUFFICIENT_CREDITS")
                    return false
                }
            }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
}
