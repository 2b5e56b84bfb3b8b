import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct ListCreditAuditTests {
    /// Every page, with something done between two of them.
    private func pages(
        _ ledger: Ledger,
        _ filter: ListCreditAuditRequest,
        size: Int32,
        between: () async throws -> Void = {}
    ) async throws -> [[CreditAuditEntry]] {
        var request = filter
        request.pageSize = size
        var pages: [[CreditAuditEntry]] = []
        repeat {
            let page = try await ledger.queries.listCreditAudit(request, CallOptions(as: ledger.administrator))
            pages.append(page.entries)
            request.pageToken = page.nextPageToken
            try await between()
        } while !request.pageToken.isEmpty
        return pages
    }

    @Test func `an entry says who, when, why, before and after`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")
            let hold = try await ledger.hold("4", of: user)
            _ = try await ledger.settle(hold, "1.5")

            let all = try await self.pages(ledger, .with { $0.userID = user.text }, size: 2).flatMap(\.self)

            #expect(all.map(\.kind) == [.usage, .holdPlaced, .adjustment, .initial])
            #expect(all.map(\.amount) == ["-1.5", "0", "9", "1"])
            #expect(all.map(\.balanceBefore) == ["10", "10", "1", "0"])
            #expect(all.map(\.balanceAfter) == ["8.5", "10", "10", "1"])
            #expect(all.map(\.heldBefore) == ["4", "0", "0", "0"])
            #expect(all.map(\.heldAfter) == ["0", "4", "0", "0"])
            #expect(all.map(\.reason) == ["", "", "test", "Welcome"])
            #expect(all.map(\.service) == ["video", "video", "", ""])
            #expect(all.map(\.holdID) == [hold.holdID, "", "", ""])
            #expect(all.map(\.entryID)[1] == hold.holdID)
            let administrator = ledger.administrator.text
            #expect(all.map(\.actorID) == [administrator, administrator, administrator, ""])
            #expect(all.allSatisfy { $0.userID == user.text && $0.at.seconds > 1_700_000_000 })

            let movements = try await self.pages(ledger, .init(), size: 500).flatMap(\.self)
            #expect(movements.map(\.kind) == [.usage, .adjustment, .initial])
        }
    }

    @Test func `filters narrow the list and pages hold each entry once while new ones arrive`() async throws {
        try await withLedger { ledger in
            let users = try await ledger.users(4)
            let actors = [users[0], UUID.v7(), UUID.v7()]
            for number in 0..<60 {
                let (user, actor) = (users[number % 4], actors[number * 7 % 3])
                let adjustment = AdjustCreditsRequest.with {
                    $0.requestID = "\(number)"
                    $0.userID = user.text
                    $0.amount = "1"
                    $0.reason = number % 2 == 0 ? "bonus \(number)" : "refund \(number)"
                }
                _ = try await ledger.commands.adjustCredits(adjustment, CallOptions(as: actor))
                if number % 5 == 0 { _ = try await ledger.deduct("0.5", of: user) }
                if number % 6 == 0 { _ = try await ledger.hold("0.25", of: user) }
            }
            let movements = try await self.pages(ledger, .init(), size: 500).flatMap(\.self)
            var known: [String: [CreditAuditEntry]] = ["": movements]
            for user in users {
                known[user.text] = try await self.pages(ledger, .with { $0.userID = user.text }, size: 500).flatMap(
                    \.self
                )
            }
            #expect(movements.count == 4 + 60 + 12)
            #expect(known.values.map(\.count).reduce(0, +) == 2 * movements.count + 10)

            for _ in 0..<60 {
                let filter = ListCreditAuditRequest.with {
                    if Bool.random() { $0.userID = users.randomElement()?.text ?? "" }
                    if Bool.random() { $0.actorID = actors.randomElement()?.text ?? "" }
                    if Bool.random() {
                        $0.kinds = [[.adjustment], [.deduction, .initial], [.holdPlaced]].randomElement() ?? []
                    }
                    if Bool.random() { $0.from = movements.randomElement()?.at.text ?? "" }
                    if Bool.random() { $0.to = movements.randomElement()?.at.text ?? "" }
                    if Bool.random() { $0.reasonPrefix = ["bonus", "refund 1"].randomElement() ?? "" }
                }
                let expected = (known[filter.userID] ?? []).filter { $0.fits(filter) }

                let pages = try await self.pages(ledger, filter, size: 7) {
                    // Later than any of the bounds, so only new entries of an open end could show.
                    _ = try await ledger.user()
                }

                #expect(
                    pages.flatMap(\.self).filter { $0.reason != "Welcome" || users.map(\.text).contains($0.userID) }
                        == expected
                )
                #expect(pages.dropLast().allSatisfy { $0.count == 7 })
            }
        }
    }

    @Test func `a call looks only so far, and the next one goes on there`() async throws {
        try await withLedger { ledger in
            let users = try await ledger.users(10)
            _ = try await ledger.bulk(users.prefix(5).map { "\($0),1,rare" })
            let lines = (0..<20_500).map { "\(users[$0 % 10]),1,common" }
            _ = try await ledger.bulk(lines, .allOrNothing) { $0.listSuccesses = false }

            let rare = ListCreditAuditRequest.with { $0.reasonPrefix = "rare" }
            let pages = try await self.pages(ledger, rare, size: 3)

            #expect(pages.map(\.count) == [0, 3, 2])
            let whole = try await self.pages(ledger, .with { $0.userID = users[0].text }, size: 500).flatMap(\.self)
            #expect(whole.count == 2_052)
        }
    }

    @Test func `what somebody did is found below any number of entries of the own account, a bounded part at a time`()
        async throws
    {
        try await withLedger(checked: false) { ledger in
            let user = try await ledger.user()
            try await ledger.adjust(user, by: "1", as: user)
            try await ledger.database.run(insertEntries, [.uuid(user), .int(45_000)])
            let stranger = try await ledger.user()
            try await ledger.adjust(stranger, by: "2", as: user)

            let pages = try await self.pages(ledger, .with { $0.actorID = user.text }, size: 10)

            #expect(pages.map { $0.map(\.amount) } == [["2"], [], ["1"]])
        }
    }

    private static let faults: [(String, @Sendable (inout ListCreditAuditRequest) -> Void)] = [
        ("user_id", { $0.userID = "x" }), ("actor_id", { $0.actorID = "x" }),
        ("kinds", { $0.kinds = [.unspecified] }),
        ("kinds", { $0.kinds = [.UNRECOGNIZED(77)] }), ("from", { $0.from = "yesterday" }),
        ("to", { $0.to = "2026-13-01" }),
        ("kinds", { $0.kinds = [.UNRECOGNIZED(1 << 16 | 1)] }),
        ("from", { $0.from = "1969-12-31" }), ("from", { $0.from = "300000-01-01T00:00:00Z" }),
        ("reason_prefix", { $0.reasonPrefix = "a\0" }), ("page_size", { $0.pageSize = 501 }),
        ("page_size", { $0.pageSize = -1 }), ("page_token", { $0.pageToken = "x-1" }),
    ]

    @Test(arguments: faults)
    func `a field that is wrong is named`(
        field: String,
        change: @Sendable (inout ListCreditAuditRequest) -> Void
    ) async throws {
        try await withLedger { ledger in
            let error = await #expect(throws: Status.self) {
                try await ledger.queries.listCreditAudit(.with(change), CallOptions(as: ledger.administrator))
            }

            #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == [field])
        }
    }

    @Test func `a token belongs to its filters`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "3")
            let options = CallOptions(as: ledger.administrator)
            let page = try await ledger.queries.listCreditAudit(.with { $0.pageSize = 1 }, options)

            let error = await #expect(throws: Status.self) {
                try await ledger.queries.listCreditAudit(
                    .with {
                        $0.pageToken = page.nextPageToken
                        $0.userID = user.text
                    },
                    options
                )
            }

            #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["page_token"])
        }
    }
}

/// Holds of an account, three to a posting.
private let insertEntries = Statement(
    """
    WITH posted AS (
        INSERT INTO journal (stream, stream_version, kind, payload, payload_sha256)
        SELECT 'holds', n, 'credits.posted', '', '' FROM generate_series(1, $2::bigint / 3) n RETURNING seq
    ), numbered AS (
        SELECT seq, row_number() OVER (ORDER BY seq) AS n FROM posted
    )
    INSERT INTO entry (account, version, id, posting, amount, held, balance_after, held_after, at, kind, actor)
    SELECT $1::uuid, 3 * n + part, gen_random_uuid(), seq, 0, 0, 2, 0, clock_timestamp(), 6, $1::uuid
    FROM numbered, generate_series(0, 2) part
    """
)

extension CreditAuditEntry {
    fileprivate func fits(_ filter: ListCreditAuditRequest) -> Bool {
        (filter.actorID.isEmpty || self.actorID == filter.actorID)
            && (filter.kinds.isEmpty || filter.kinds.contains(self.kind))
            && (filter.from.isEmpty || self.at.text >= filter.from) && (filter.to.isEmpty || self.at.text < filter.to)
            && self.reason.hasPrefix(filter.reasonPrefix)
    }
}

extension Google_Protobuf_Timestamp {
    /// RFC 3339 to the microsecond.
    fileprivate var text: String {
        let second = Date(timeIntervalSince1970: TimeInterval(self.seconds)).formatted(.iso8601)
        let micros = String(self.nanos / 1000)
        return second.dropLast() + "." + String(repeating: "0", count: 6 - micros.count) + micros + "Z"
    }
}
