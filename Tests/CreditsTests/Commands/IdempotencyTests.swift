import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct IdempotencyTests {
    @Test func `the same command again is answered byte for byte and happens once`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()

            let first = try await ledger.adjust(user, by: "5", requestID: "r1")
            let again = try await ledger.adjust(user, by: "5", requestID: "r1")

            #expect(try first.serializedBytes() as [UInt8] == again.serializedBytes())
            #expect(try await ledger.balance(of: user) == ["6", "0", "6"])
        }
    }

    @Test func `the first answer stays, also when the world has moved on`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            let first = try await ledger.hold("1", of: user, requestID: "h1")
            _ = try await ledger.settle(first, "1", requestID: "s1")

            let again = try await ledger.hold("1", of: user, requestID: "h1")

            #expect(again == first)
        }
    }

    @Test func `the same request id with another body is refused and changes nothing`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            try await ledger.adjust(user, by: "5", requestID: "r1")

            let error = await #expect(throws: Status.self) { try await ledger.adjust(user, by: "6", requestID: "r1") }

            #expect(error?.code == .invalidArgument)
            let violation = error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.first
            #expect(violation?.field == "request_id")
            #expect(violation?.reason == "REQUEST_ID_REUSED")
            #expect(try await ledger.balance(of: user) == ["6", "0", "6"])
        }
    }

    @Test func `a failure of the hub is not final for its request id`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            let hold = try await ledger.hold("1", of: user)
            _ = try await ledger.database.run("ALTER TABLE entry ADD CONSTRAINT broken CHECK (kind <> 2)")

            let error = await #expect(throws: Status.self) { try await ledger.settle(hold, "1", requestID: "s1") }
            _ = try await ledger.database.run("ALTER TABLE entry DROP CONSTRAINT broken")

            #expect(error?.code == .internal)
            #expect(try await ledger.settle(hold, "1", requestID: "s1").state == .settled)
        }
    }

    @Test func `a refusal is final for its request id`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            let refused = await #expect(throws: Status.self) {
                try await ledger.hold("2", of: user, requestID: "h1")
            }
            try await ledger.adjust(user, by: "5")

            let again = await #expect(throws: Status.self) { try await ledger.hold("2", of: user, requestID: "h1") }

            #expect(again == refused)
            #expect(try await ledger.hold("2", of: user, requestID: "h2").state == .open)
        }
    }

    @Test func `a hundred copies of one command at once happen once and are answered alike`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()

            let answers = try await withThrowingTaskGroup(of: Balance.self) { group in
                for _ in 0..<100 { group.addTask { try await ledger.adjust(user, by: "5", requestID: "r1") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(answers.count == 100)
            #expect(Set(answers.map(\.balance)) == ["6"])
            #expect(try await ledger.balance(of: user) == ["6", "0", "6"])
        }
    }

    @Test func `request ids of different callers do not meet`() async throws {
        try await withLedger { ledger in
            let (first, second) = (try await ledger.user(), try await ledger.user())
            func hold(as caller: UUID) async throws -> Hold {
                let request = PlaceHoldRequest.with {
                    $0.requestID = "same"
                    $0.amount = "1"
                    $0.service = "video"
                }
                return try await ledger.commands.placeHold(request, CallOptions(as: caller))
            }

            let holds = [try await hold(as: first), try await hold(as: second)]

            #expect(holds.map(\.userID) == [first.text, second.text])
            #expect(holds[0].holdID != holds[1].holdID)
        }
    }
}
