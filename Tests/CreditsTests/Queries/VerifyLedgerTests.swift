import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct VerifyLedgerTests {
    @Test func `each rule is answered, the chain with its head last`() async throws {
        try await withLedger { ledger in
            try await ledger.fillWithAllKinds()

            let findings = try await ledger.verify()

            #expect(findings.map(\.rule) == LedgerCheck.rules.map(\.name) + ["I9 chain"])
            #expect(findings.allSatisfy { $0.holds && $0.broken.isEmpty && !$0.claim.isEmpty && $0.checked > 0 })
            let head = try #require(findings.last?.head)
            #expect(head.link == findings.last?.checked)
            #expect(head.hash.count == 64)
            #expect(head.unsealed == 0)
        }
    }

    @Test func `what is broken is answered with examples`() async throws {
        try await withLedger(checked: false) { ledger in
            try await ledger.fillWithAllKinds()
            try await ledger.tamper("DELETE FROM hold_due")

            let broken = try await ledger.verify().filter { !$0.holds }

            #expect(broken.map(\.rule) == ["I3 sweep"])
            #expect(broken.first?.broken.first?.hasPrefix("hold ") == true)
        }
    }

    @Test func `the chain is checked from a link that the caller has kept`() async throws {
        try await withLedger { ledger in
            try await ledger.fillWithAllKinds()
            let head = try #require(try await ledger.verify().last?.head)

            let right = try await ledger.verify(from: head.link, head.hash)
            let wrong = try await ledger.verify(from: head.link, String(repeating: "ab", count: 32))

            #expect(right.last?.holds == true)
            #expect(right.last?.checked == 0)
            #expect(wrong.last?.holds == false)
        }
    }

    @Test(arguments: [
        (Int64(-1), "", "pinned_link"), (1, "xyz", "pinned_hash"),
        (0, String(repeating: "0", count: 64), "pinned_link"),
    ])
    func `a pin that is none is refused by name`(_ link: Int64, _ hash: String, _ field: String) async throws {
        try await withLedger { ledger in
            let error = await #expect(throws: Status.self) { try await ledger.verify(from: link, hash) }

            #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == [field])
        }
    }

    @Test func `of several checks at once each is answered or told to wait`() async throws {
        try await withLedger { ledger in
            try await ledger.fillWithAllKinds()

            let reasons = await withTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            _ = try await ledger.verify()
                            return ""
                        } catch {
                            return reason(error as? Status) ?? "\(error)"
                        }
                    }
                }
                return await group.reduce(into: Set<String>()) { $0.insert($1) }
            }

            #expect(reasons.contains("") && reasons.isSubset(of: ["", "BUSY"]))
            #expect(try await ledger.verify().allSatisfy(\.holds))
        }
    }
}

extension Ledger {
    @discardableResult
    fileprivate func verify(from link: Int64 = 0, _ hash: String = "") async throws -> [LedgerFinding] {
        let request = VerifyLedgerRequest.with {
            $0.pinnedLink = link
            $0.pinnedHash = hash
        }
        return try await self.queries.verifyLedger(request, CallOptions(as: self.administrator)) { responses in
            var findings: [LedgerFinding] = []
            for try await finding in responses { findings.append(finding) }
            return findings
        }
    }
}
