import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct HoldTests {
    @Test func `a hold reserves, a settlement spends and returns the rest`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")

            let hold = try await ledger.hold("4", of: user)
            #expect(hold.state == .open)
            #expect(try await ledger.balance(of: user) == ["10", "4", "6"])

            let settled = try await ledger.settle(hold, "1.5")
            #expect(settled.state == .settled)
            #expect(settled.settled == "1.5")
            #expect(try await ledger.balance(of: user) == ["8.5", "0", "8.5"])
        }
    }

    @Test func `a release returns everything`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")

            let released = try await ledger.release(try await ledger.hold("4", of: user))

            #expect(released.state == .released)
            #expect(try await ledger.balance(of: user) == ["10", "0", "10"])
        }
    }

    @Test func `a settlement of nothing returns everything and writes no movement`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()

            let settled = try await ledger.settle(try await ledger.hold("1", of: user), "0")

            #expect(settled.state == .settled)
            #expect(try await ledger.balance(of: user) == ["1", "0", "1"])
        }
    }

    @Test func `more than is available is refused with the figures`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")
            _ = try await ledger.hold("7", of: user)

            let error = await #expect(throws: Status.self) { try await ledger.hold("3.000001", of: user) }

            #expect(error?.code == .resourceExhausted)
            #expect(reason(error) == "INSUFFICIENT_CREDITS")
            #expect(error?.errorInfo?.metadata["available"] == "3")
            #expect(error?.errorInfo?.metadata["needed"] == "3.000001")
        }
    }

    @Test func `a settlement above the hold is refused and the hold stays open`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")
            let hold = try await ledger.hold("4", of: user)

            let error = await #expect(throws: Status.self) { try await ledger.settle(hold, "4.000001") }

            #expect(error?.code == .invalidArgument)
            #expect(try await ledger.settle(hold, "4").state == .settled)
        }
    }

    @Test func `a hold ends once, and the refusal says how it ended`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")
            let settled = try await ledger.hold("1", of: user)
            let released = try await ledger.hold("1", of: user)
            let expired = try await ledger.hold("1", of: user)
            _ = try await ledger.settle(settled, "1")
            _ = try await ledger.release(released)
            try await ledger.letHoldsRunOut()

            for (hold, expected) in [(settled, "HOLD_SETTLED"), (released, "HOLD_RELEASED"), (expired, "HOLD_EXPIRED")]
            {
                let settlement = await #expect(throws: Status.self) { try await ledger.settle(hold, "1") }
                let release = await #expect(throws: Status.self) { try await ledger.release(hold) }

                #expect(settlement?.code == .failedPrecondition)
                #expect(reason(settlement) == expected)
                #expect(reason(release) == expected)
            }
        }
    }

    @Test func `a hundred parallel settlements of one hold spend it once`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")
            let hold = try await ledger.hold("5", of: user)

            let successes = await withTaskGroup { group in
                for _ in 0..<100 { group.addTask { (try? await ledger.settle(hold, "2")) != nil } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }

            #expect(successes == 1)
            #expect(try await ledger.balance(of: user) == ["8", "0", "8"])
        }
    }

    @Test func `fifty parallel holds on an account that can pay for ten admit exactly ten`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "1")

            let admitted = await withTaskGroup { group in
                for _ in 0..<50 { group.addTask { (try? await ledger.hold("0.1", of: user)) != nil } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }

            #expect(admitted == 10)
            #expect(try await ledger.balance(of: user) == ["1", "1", "0"])
        }
    }

    @Test func `an account's own overdue holds never refuse it`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "1")
            _ = try await ledger.hold("1", of: user)
            try await ledger.letHoldsRunOut()

            let hold = try await ledger.hold("1", of: user)

            #expect(hold.state == .open)
            #expect(try await ledger.balance(of: user) == ["1", "1", "0"])
        }
    }

    @Test func `the sweeper frees overdue holds and no others`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "3")
            _ = try await ledger.hold("1", of: user)
            try await ledger.letHoldsRunOut()
            _ = try await ledger.hold("1", of: user)

            let first = try await ledger.service.expireHolds()
            let second = try await ledger.service.expireHolds()

            #expect((first.ended, second.ended) == (1, 0))
            #expect(try await ledger.balance(of: user) == ["3", "1", "2"])
        }
    }

    @Test func `a hold that cannot be ended keeps no other from it, and is tried again`() async throws {
        try await withLedger { ledger in
            let users = try await ledger.users(4)
            let stuck = try await ledger.hold("1", of: users[0])
            for user in users.dropFirst() { _ = try await ledger.hold("1", of: user) }
            try await ledger.database.run(
                Statement("ALTER TABLE entry ADD CONSTRAINT stuck CHECK (hold <> '\(stuck.holdID)') NOT VALID")
            )
            try await ledger.letHoldsRunOut()

            var sweeps: [CreditsService.HoldSweep] = []
            for _ in 0..<5 { sweeps.append(try await ledger.service.expireHolds(limit: 1)) }
            try await ledger.database.run("ALTER TABLE entry DROP CONSTRAINT stuck")
            let tooEarly = try await ledger.service.expireHolds()
            try await ledger.moveClock(by: "2 days 2 minutes")
            let later = try await ledger.service.expireHolds()

            #expect(sweeps.map(\.ended) == [0, 1, 1, 1, 0])
            #expect(sweeps.map(\.failures.count) == [1, 0, 0, 0, 0])
            #expect(sweeps.map(\.isDone) == [false, false, false, false, true])
            #expect(sweeps.first?.failures.first is PostgresError)
            #expect((tooEarly.ended, later.ended) == (0, 1))
            #expect(try await ledger.database.first("SELECT count(*) FROM hold_due") { try $0.int(0) } == 0)
        }
    }

    @Test func `what one daemon sweeps no other looks at`() async throws {
        try await withTwoLedgers { one, two in
            let user = try await one.user(owning: "2")
            for _ in 0..<2 { _ = try await one.hold("1", of: user) }
            try await one.letHoldsRunOut()
            let gate = Gate()
            let holder = Task {
                try await one.database.write { transaction in
                    try transaction.run("SELECT pg_advisory_xact_lock(1817403237, n) FROM generate_series(0, 63) n")
                    gate.pass()
                }
            }
            try await gate.isReached()

            let sweeping = Task { try await one.service.expireHolds() }
            try await eventually("the lease of both") {
                try await two.database.first("SELECT count(leased_until) FROM hold_due") { try $0.int(0) } == 2
            }
            let other = try await two.service.expireHolds()
            gate.open()
            try await holder.value

            #expect((other.ended, other.isDone) == (0, true))
            #expect(try await sweeping.value.ended == 2)
        }
    }

    @Test func `a sweep that is cancelled does not say that its holds failed`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "1")
            _ = try await ledger.hold("1", of: user)
            try await ledger.letHoldsRunOut()
            let gate = Gate()
            let holder = Task {
                try await ledger.database.write { transaction in
                    try transaction.run("SELECT pg_advisory_xact_lock(1817403237, n) FROM generate_series(0, 63) n")
                    gate.pass()
                }
            }
            try await gate.isReached()
            let sweeping = Task { try await ledger.service.expireHolds() }
            try await eventually("the lease") {
                try await ledger.database.first("SELECT count(leased_until) FROM hold_due") { try $0.int(0) } == 1
            }

            sweeping.cancel()
            gate.open()
            try await holder.value

            // What is being written already is answered still.
            switch await sweeping.result {
            case .success(let sweep): #expect(sweep.ended == 1 && sweep.failures.isEmpty)
            case .failure(let error): #expect(error is CancellationError)
            }
        }
    }

    @Test(arguments: ["", "1e3", "-1", "0.0000001", "0", "x", "+1", "9223372036854.775808"])
    func `an amount that is none is refused by name`(amount: String) async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()

            let error = await #expect(throws: Status.self) { try await ledger.hold(amount, of: user) }

            #expect(error?.code == .invalidArgument)
            #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["amount"])
        }
    }

    @Test(arguments: [-1, 86_401, Int32.max])
    func `a lifetime out of range is refused by name`(seconds: Int32) async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()

            let error = await #expect(throws: Status.self) { try await ledger.hold("1", of: user, expiresIn: seconds) }

            #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["expires_in"])
        }
    }

    @Test func `what does not exist is not found`() async throws {
        try await withLedger { ledger in
            let hold = Hold.with { $0.holdID = UUID.v7().text }

            let noAccount = await #expect(throws: Status.self) { try await ledger.hold("1", of: UUID.v7()) }
            let noHold = await #expect(throws: Status.self) { try await ledger.settle(hold, "1") }

            #expect(noAccount?.code == .notFound)
            #expect(noHold?.code == .notFound)
        }
    }

    @Test func `what names a hold too early is carried out when it is sent again`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "1")
            let order = HoldOrder(id: UUID.v7(), userID: user, amount: .one, lifetime: 60, service: "chat")
            let hold = Hold.with { $0.holdID = order.id.text }
            let early = await #expect(throws: Status.self) { try await ledger.settle(hold, "0.4", requestID: "a") }
            #expect(early?.code == .notFound)
            try await ledger.service.hold(order)

            let settled = try await ledger.settle(hold, "0.4", requestID: "a")

            #expect(settled.settled == "0.4")
            #expect(try await ledger.settle(hold, "0.4", requestID: "a") == settled)
            #expect(try await ledger.balance(of: user) == ["0.6", "0", "0.6"])
        }
    }

    @Test func `a request id that was used is not free for a hold that does not exist`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "1")
            let hold = try await ledger.hold("1", of: user)
            _ = try await ledger.settle(hold, "1", requestID: "done")
            _ = await #expect(throws: Status.self) { try await ledger.settle(hold, "0.5", requestID: "refused") }

            for id in ["done", "refused"] {
                let error = await #expect(throws: Status.self) {
                    try await ledger.settle(.with { $0.holdID = UUID.v7().text }, "1", requestID: id)
                }
                #expect(error?.detail(BadRequest.self)?.fieldViolations.first?.reason == "REQUEST_ID_REUSED")
            }
        }
    }

    @Test func `a hold that took all there was repeats without effect`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "1")
            let order = HoldOrder(id: UUID.v7(), userID: user, amount: .one, lifetime: 60, service: "chat")

            for _ in 0..<2 { try await ledger.service.hold(order) }

            #expect(try await ledger.balance(of: user) == ["1", "1", "0"])
        }
    }

    @Test func `for other contexts each step repeats without effect`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "2")
            let amount = CreditAmount(micro: 500_000)
            let order = HoldOrder(id: UUID.v7(), userID: user, amount: .one, lifetime: 60, service: "chat")

            for _ in 0..<3 { try await ledger.service.hold(order) }
            #expect(try await ledger.balance(of: user) == ["2", "1", "1"])
            for _ in 0..<3 {
                let state = try await ledger.service.settle(order.id, amount)
                #expect(state.balance == CreditAmount(micro: 1_500_000))
            }

            let outcome = try await ledger.service.outcome(of: order.id)
            #expect(outcome?.phase == .settled)
            #expect(outcome?.spent == amount)
            await #expect(throws: Status.self) { try await ledger.service.settle(order.id, .one) }
            await #expect(throws: Status.self) { try await ledger.service.release(order.id) }
        }
    }
}
