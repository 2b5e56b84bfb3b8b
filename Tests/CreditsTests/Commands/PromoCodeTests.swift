import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

/// What administrators do with codes.
@Suite struct PromoCodeTests {
    private func field(_ error: Status?) -> String? {
        error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.first?.field
    }

    @Test func `a code is made with its terms, once for each request id`() async throws {
        try await withLedger { ledger in
            let tomorrow = Google_Protobuf_Timestamp(daysAhead: 1)
            func make() async throws -> PromoCode {
                try await ledger.makeCode(" summer-25", "2.5", maxUses: 7, expiresAt: tomorrow, requestID: "c1")
            }

            let first = try await make()
            let again = try await make()

            #expect(first == again)
            #expect((first.code, first.credits, first.maxUses, first.uses) == ("SUMMER-25", "2.5", 7, 0))
            #expect(first.active && first.expiresAt == tomorrow)
            let plain = try await ledger.makeCode("FOREVER", isActive: false)
            #expect(!plain.active && !plain.hasExpiresAt && plain.maxUses == 0)
        }
    }

    @Test func `a code exists once, however it is written`() async throws {
        try await withLedger { ledger in
            try await ledger.makeCode("WELCOME")

            let error = await #expect(throws: Status.self) { try await ledger.makeCode("welcome ") }

            #expect(error?.code == .alreadyExists && reason(error) == "PROMO_EXISTS")
            #expect(try await ledger.uses() == ["WELCOME": 0])
        }
    }

    @Test func `one of many who make the same code at once succeeds`() async throws {
        try await withLedger { ledger in
            let made = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            try await ledger.makeCode("WELCOME")
                            return true
                        } catch let refusal as Status where reason(refusal) == "PROMO_EXISTS" {
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }

            #expect(made == 1)
        }
    }

    @Test func `a change sets what it names and leaves the rest`() async throws {
        try await withLedger { ledger in
            let made = try await ledger.makeCode("WELCOME", "5", maxUses: 7, expiresAt: .init(daysAhead: 1))

            let dearer = try await ledger.change("welcome", requestID: "u1") { $0.credits = "6" }
            #expect(dearer == made.with { $0.credits = "6" })
            let again = try await ledger.change("welcome", requestID: "u1") { $0.credits = "6" }
            #expect(again == dearer)

            let unlimited = try await ledger.change("WELCOME") {
                $0.maxUses = 0
                $0.neverExpires = true
                $0.active = false
            }
            #expect(!unlimited.hasExpiresAt && unlimited.maxUses == 0 && !unlimited.active && unlimited.credits == "6")
            let expiry = Google_Protobuf_Timestamp(seconds: 7_258_118_399, nanos: 999_999_000)
            let limited = try await ledger.change("WELCOME") { $0.expiresAt = expiry }
            #expect(limited.expiresAt == expiry)
        }
    }

    @Test func `a code that is not there cannot be changed, and one not below its uses`() async throws {
        try await withLedger { ledger in
            let unknown = await #expect(throws: Status.self) { try await ledger.change("NOBODY") { $0.active = true } }
            #expect(unknown?.code == .notFound && reason(unknown) == "PROMO_UNKNOWN")

            try await ledger.makeCode("WELCOME", maxUses: 3)
            for _ in 0..<2 { _ = try await ledger.redeem("WELCOME", by: try await ledger.user()) }
            let used = await #expect(throws: Status.self) { try await ledger.change("WELCOME") { $0.maxUses = 1 } }
            #expect(used?.code == .failedPrecondition && reason(used) == "PROMO_USED")
            let full = try await ledger.change("WELCOME") { $0.maxUses = 2 }
            #expect(full.uses == 2)
        }
    }

    @Test func `the journal says who has made and changed a code, from what to what`() async throws {
        try await withLedger { ledger in
            try await ledger.makeCode("WELCOME", maxUses: 3)
            try await ledger.change("WELCOME") { $0.active = false }
            // Nothing changes, so nothing is to be told.
            try await ledger.change("WELCOME") { $0.active = false }

            let made = try #require(try await ledger.journal("credits.promo-created").first)
            #expect(made.fields["code"]?.stringValue == "WELCOME" && made.fields["before"] == nil)
            let changes = try await ledger.journal("credits.promo-updated")
            #expect(changes.count == 1)
            let (before, after) = (changes[0].fields["before"]?.structValue, changes[0].fields["after"]?.structValue)
            #expect(before?.fields["active"]?.boolValue == true && after?.fields["active"]?.boolValue == false)
            #expect(after?.fields["max_uses"]?.numberValue == 3 && after?.fields["credits"]?.stringValue == "5")
            let actors = try await ledger.database.rows(
                "SELECT DISTINCT actor FROM journal WHERE stream = 'promo:WELCOME'"
            ) { row in try row.uuid(0) }
            #expect(actors == [ledger.administrator])
        }
    }

    @Test func `pages hold every code once, newest first, while others are made and used`() async throws {
        try await withLedger { ledger in
            for number in 1...5 { try await ledger.makeCode("CODE-\(number)") }
            var request = ListPromoCodesRequest.with { $0.pageSize = 2 }
            var pages: [[String]] = []

            repeat {
                let page = try await ledger.queries.listPromoCodes(request, CallOptions(as: ledger.administrator))
                pages.append(page.promoCodes.map(\.code))
                request.pageToken = page.nextPageToken
                try await ledger.makeCode("LATER-\(pages.count)")
                _ = try await ledger.redeem("CODE-1", by: try await ledger.user())
            } while !request.pageToken.isEmpty

            #expect(pages == [["CODE-5", "CODE-4"], ["CODE-3", "CODE-2"], ["CODE-1"]])
        }
    }

    @Test func `fields that make no sense are refused by name`() async throws {
        try await withLedger { ledger in
            func refusedField(_ change: (inout CreatePromoCodeRequest) -> Void) async throws -> String? {
                var request = CreatePromoCodeRequest.with {
                    $0.requestID = UUID.v7().text
                    $0.code = "WELCOME"
                    $0.credits = "1"
                }
                change(&request)
                do {
                    _ = try await ledger.commands.createPromoCode(request, CallOptions(as: ledger.administrator))
                    return nil
                } catch let refusal as Status {
                    return self.field(refusal)
                }
            }

            func check(_ field: String, _ change: (inout CreatePromoCodeRequest) -> Void) async throws {
                let refused = try await refusedField(change)
                #expect(refused == field)
            }
            try await check("request_id") { $0.requestID = "" }
            for code in ["", "abc", "two words", "grün", "ABCD\0"] { try await check("code") { $0.code = code } }
            for credits in ["", "0", "-1", "1.0000001", "99999999999999", "many"] {
                try await check("credits") { $0.credits = credits }
            }
            try await check("max_uses") { $0.maxUses = -1 }
            for seconds in [-1, 7_258_118_400, Int64.max] {
                try await check("expires_at") { $0.expiresAt.seconds = seconds }
            }
            try await check("expires_at") { $0.expiresAt.nanos = -1 }
        }
    }

    @Test func `a change without a change, or with two that contradict, is refused`() async throws {
        try await withLedger { ledger in
            try await ledger.makeCode("WELCOME")

            let empty = await #expect(throws: Status.self) { try await ledger.change("WELCOME") { _ in } }
            #expect(empty?.code == .invalidArgument)
            let both = await #expect(throws: Status.self) {
                try await ledger.change("WELCOME") {
                    $0.neverExpires = true
                    $0.expiresAt = .init(daysAhead: 1)
                }
            }
            #expect(self.field(both) == "never_expires")
            let free = await #expect(throws: Status.self) { try await ledger.change("WELCOME") { $0.credits = "0" } }
            #expect(self.field(free) == "credits")
        }
    }
}

extension PromoCode {
    fileprivate func with(_ change: (inout PromoCode) -> Void) -> PromoCode {
        var copy = self
        change(&copy)
        return copy
    }
}
