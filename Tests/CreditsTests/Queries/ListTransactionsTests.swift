import Contract
import Credits
import Foundation
import Kernel
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct ListTransactionsTests {
    private func pages(
        _ ledger: Ledger,
        of user: UUID,
        size: Int32,
        kind: TransactionKind = .unspecified,
        between: () async throws -> Void = {}
    ) async throws -> [[String]] {
        var request = ListTransactionsRequest.with {
            $0.pageSize = size
            $0.kind = kind
        }
        var pages: [[String]] = []
        repeat {
            let page = try await ledger.queries.listTransactions(request, CallOptions(as: user))
            pages.append(page.transactions.map(\.amount))
            request.pageToken = page.nextPageToken
            try await between()
        } while !request.pageToken.isEmpty
        return pages
    }

    @Test func `pages hold every movement once, newest first, while new ones arrive`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            for amount in 2...6 { try await ledger.adjust(user, by: "\(amount)") }

            let pages = try await self.pages(ledger, of: user, size: 2) {
                _ = try await ledger.adjust(user, by: "100")
            }

            #expect(pages == [["6", "5"], ["4", "3"], ["2", "1"]])
        }
    }

    @Test func `a kind filters, and the token belongs to the filter`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")
            for amount in ["1", "2", "3"] {
                _ = try await ledger.settle(try await ledger.hold(amount, of: user), amount)
            }

            #expect(try await self.pages(ledger, of: user, size: 2, kind: .usage) == [["-3", "-2"], ["-1"]])
            #expect(try await self.pages(ledger, of: user, size: 2, kind: .initial) == [["1"]])

            let page = try await ledger.queries.listTransactions(.with { $0.pageSize = 1 }, CallOptions(as: user))
            let error = await #expect(throws: Status.self) {
                try await ledger.queries.listTransactions(
                    .with {
                        $0.pageToken = page.nextPageToken
                        $0.kind = .usage
                    },
                    CallOptions(as: user)
                )
            }
            #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["page_token"])
        }
    }

    @Test func `a settled hold names itself and its service`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")
            let hold = try await ledger.settle(try await ledger.hold("4", of: user), "1.25")

            let usage = try await ledger.queries.listTransactions(.with { $0.kind = .usage }, CallOptions(as: user))

            #expect(usage.transactions.map(\.holdID) == [hold.holdID])
            #expect(usage.transactions.map(\.reason) == ["video"])
            #expect(usage.transactions.map(\.amount) == ["-1.25"])
        }
    }

    @Test func `a user without an account has no movements`() async throws {
        try await withLedger { ledger in
            let page = try await ledger.queries.listTransactions(.init(), CallOptions(as: UUID.v7()))

            #expect(page.transactions.isEmpty)
            #expect(page.nextPageToken.isEmpty)
        }
    }

    @Test(arguments: [-1, 501, Int32.max])
    func `a page size out of range is refused by name`(size: Int32) async throws {
        try await withLedger { ledger in
            let error = await #expect(throws: Status.self) {
                try await ledger.queries.listTransactions(.with { $0.pageSize = size }, CallOptions(as: UUID.v7()))
            }

            #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["page_size"])
        }
    }
}
