import Credits
import Foundation
import Kernel
import Postgres
import Support
import Testing

/// `hubd ledger verify`, by the built program.
@Suite struct LedgerCommandTests {
    private func verify(
        _ connection: String,
        _ arguments: String...
    ) async throws -> (exit: Program.Exit, output: [String], errors: [String]) {
        try await Program.run(
            try Program.built("hubd"),
            ["ledger", "verify", "--database-url", connection] + arguments
        )
    }

    @Test func `right books end it with 0, broken ones with 1 and what is broken`() async throws {
        try await withScratchDatabase(migrations: KernelMigrations.all + CreditsMigrations.all) {
            connection,
            database in
            try await database.write { transaction in try CreditsService.openAccount(transaction, for: UUID.v7()) }
            try await eventually("a chain") { try await JournalChain.seal(in: database).sealed == 1 }

            let right = try await self.verify(connection)
            let head = try #require(right.output.first { $0.contains("chain ends with link 1, hash ") })
            let hash = try #require(head.split(separator: " ").first { $0.count == 65 }?.dropLast())
            let pinned = try await self.verify(connection, "--pinned-link", "1", "--pinned-hash", String(hash))
            let other = String(repeating: "0", count: 64)
            let rewritten = try await self.verify(connection, "--pinned-link=1", "--pinned-hash", other)
            _ = try await database.run("UPDATE house_rollup SET balance = 7 WHERE house = 3")
            let broken = try await self.verify(connection)

            #expect(right.exit == .code(0))
            #expect(right.output.count { $0.hasPrefix("ok ") } == LedgerCheck.rules.count + 1)
            #expect(right.output.last == "The books are right.")
            #expect(pinned.exit == .code(0))
            #expect(rewritten.exit == .code(1))
            #expect(rewritten.output.contains { $0.contains("not the one kept outside") })
            #expect(broken.exit == .code(1))
            #expect(broken.output.contains { $0.hasPrefix("BROKEN I1 sum") })
            #expect(broken.output.contains { $0.contains("house 3 has 7 of 0 movements") })
            #expect(broken.output.last == "2 of \(LedgerCheck.rules.count + 1) rules are broken.")
        }
    }

    @Test(arguments: [
        ["--pinned-link", "0"], ["--pinned-hash", String(repeating: "0", count: 64)],
        ["--pinned-link", "1", "--pinned-hash", "abc"], ["--database-uri", "x"],
    ])
    func `what makes no sense ends it with one line`(_ arguments: [String]) async throws {
        let ended = try await Program.run(
            try Program.built("hubd"),
            ["ledger", "verify", "--database-url", "host=/nowhere"] + arguments
        )

        #expect(ended.exit != .code(0))
        #expect(ended.output == [])
        #expect(ended.errors.first?.contains("--") == true, "\(ended.errors)")
    }

    @Test func `a database that is away ends it with one line`() async throws {
        let ended = try await self.verify("host=/nowhere connect_timeout=2")

        #expect(ended.exit == .code(1))
        #expect(ended.errors.count == 1)
        #expect(ended.errors.first?.contains("/nowhere/.s.PGSQL.5432") == true)
    }
}
