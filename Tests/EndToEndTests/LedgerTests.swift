import Foundation
import Postgres
import Support
import Testing

/// What auditors see of a running hub.
@Suite struct LedgerTests {
    @Test func `the books are right over HTTP and on the command line, for administrators only`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)
        let administrator = try await Person.administrator(hub)
        try await eventually("a chain") {
            try await hub.withDatabase { database in
                try await database.first("SELECT count(*) FROM journal_chain") { row in try row.int(0) }
            } ?? 0 > 0
        }

        let findings = try await administrator.get("/api/admin/ledger/verify").objects
        let house = try await administrator.get("/api/admin/credits/house")
        let refused = try await person.get("/api/admin/ledger/verify")
        _ = try await administrator.run("login", "--email", administrator.email)
        let command = try await administrator.run("credits", "verify-ledger", "--output", "json")

        let rules = findings.compactMap { $0["rule"] as? String }
        #expect(rules.first == "I1 sum" && rules.last == "I9 chain")
        #expect(findings.compactMap { $0["holds"] as? Bool }.filter(\.self).count == rules.count, "\(findings)")
        #expect((house.object["accounts"] as? [[String: Any]])?.count == 4, "\(house.text)")
        #expect(refused.status == 403 && refused.reason == "FORBIDDEN")
        #expect(command.exit == .code(0), "\(command.errors)")
        #expect(command.output.contains("I9 chain"))
    }

    @Test func `hubd ledger verify checks the database of a running hub`() async throws {
        let hub = try await RunningHub.shared()

        let verified = try await Program.run(
            try Program.built("hubd"),
            ["ledger", "verify", "--database-url", hub.postgres.connectionString() + " options='-c role=hub_app'"]
        )

        #expect(verified.exit == .code(0), "\(verified.output)")
        #expect(verified.output.last == "The books are right.")
    }
}
