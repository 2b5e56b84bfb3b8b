import Contract
import Credits
import Foundation
import Kernel
import Logging
import Postgres
import RPC
import Support
import Testing

@Suite struct ProjectReportTests {
    @Test func `movements are counted by day, user, service, model and kind`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")
            _ = try await ledger.settle(try await ledger.hold("4", of: user), "1.25")
            _ = try await ledger.settle(try await ledger.hold("4", of: user), "0.75")
            _ = try await ledger.release(try await ledger.hold("4", of: user))

            try await ledger.projectReport()

            #expect(try await ledger.storedReport() == ledger.countedReport())
            #expect(
                try await ledger.storedReport().map { $0.suffix(5) } == [
                    ["", "1", "1", "1000000", "0"], ["", "3", "1", "9000000", "0"], ["", "2", "2", "0", "2000000"],
                ]
            )
        }
    }

    @Test func `what commits late, below others that were counted, is counted once`() async throws {
        try await withOwnLedger { ledger, connection in
            let user = try await ledger.user()
            try await ledger.projectReport()
            // An early transaction, which has a number already and ends after a later one.
            let gate = Gate()
            let late = Task {
                let other = Database(DatabaseConfiguration(connection: connection), logger: Logger(label: "test"))
                try await other.write { transaction in
                    try transaction.run("SELECT pg_current_xact_id()")
                    gate.pass()
                    try transaction.run(movement, [.uuid(user)])
                }
                await other.close()
            }
            try await gate.isReached()
            try await ledger.adjust(user, by: "5")

            for _ in 1...3 { #expect(try await ledger.service.projectReport() == .done) }
            let before = try await ledger.storedReport()
            let told = try await ledger.asOf()
            gate.open()
            try await late.value
            try await ledger.projectReport()

            // The adjustment waited too: a cursor beyond it would have passed over the late one.
            #expect(before.count == 1)
            #expect(try await ledger.storedReport() == ledger.countedReport())
            #expect(try await ledger.storedReport().count == 3)
            let later = try #require(try await ledger.asOf())
            #expect(try #require(told) < later)
        }
    }

    @Test func `as of never claims what an open transaction may still write`() async throws {
        try await withOwnLedger { ledger, connection in
            let user = try await ledger.user()
            try await ledger.projectReport()
            let gate = Gate()
            let open = Task {
                let other = Database(DatabaseConfiguration(connection: connection), logger: Logger(label: "test"))
                try await other.write { transaction in
                    try transaction.run("SELECT pg_current_xact_id()")
                    gate.pass()
                }
                await other.close()
            }
            try await gate.isReached()
            try await ledger.adjust(user, by: "5")
            let written = try await ledger.now()

            for _ in 1...3 { _ = try await ledger.service.projectReport() }
            let held = try #require(try await ledger.asOf())
            gate.open()
            try await open.value
            try await ledger.projectReport()

            #expect(held < written)
            #expect(try #require(try await ledger.asOf()) > written)
        }
    }

    @Test func `several projectors at once count everything once`() async throws {
        try await withLedger { ledger in
            let users = try await [ledger.user(), ledger.user(), ledger.user()]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for user in users {
                    group.addTask { for _ in 1...20 { try await ledger.adjust(user, by: "1") } }
                }
                for _ in 1...4 {
                    group.addTask { for _ in 1...40 { _ = try await ledger.service.projectReport(limit: 3) } }
                }
                try await group.waitForAll()
            }

            try await ledger.projectReport()

            #expect(try await ledger.storedReport() == ledger.countedReport())
        }
    }

    @Test func `who finds another at it leaves it to him`() async throws {
        try await withLedger { ledger in
            let gate = Gate()
            let other = Task {
                try await ledger.database.write { transaction in
                    try transaction.run("SELECT pg_advisory_xact_lock(125780003615348)")
                    gate.pass()
                }
            }
            try await gate.isReached()

            #expect(try await ledger.service.projectReport() == .busy)
            gate.open()
            try await other.value
        }
    }

    @Test func `a rebuilt report equals what the ledger says, row by row, and goes on from there`() async throws {
        try await withLedger { ledger in
            let users = try await [ledger.user(owning: "20"), ledger.user(owning: "30")]
            for user in users {
                _ = try await ledger.settle(try await ledger.hold("4", of: user), "1.25")
                _ = try await ledger.deduct("2", of: user)
                try await ledger.adjust(user, by: "-1")
            }
            try await ledger.projectReport()
            try await ledger.database.run("UPDATE report_day SET movements = 77")
            try await ledger.database.run("DELETE FROM report_total")
            try await ledger.database.run("UPDATE report_account SET amount_in = 77")

            try await ledger.service.rebuildReport()
            let rebuilt = try await ledger.storedReport()
            try await ledger.adjust(users[0], by: "3")
            try await ledger.projectReport()

            #expect(rebuilt.count > 6)
            #expect(try await ledger.storedReport() == ledger.countedReport())
            #expect(try await ledger.rolledUp("report_total", "account"))
            #expect(try await ledger.rolledUp("report_account", "day"))
        }
    }

    @Test func `a rebuild empties a report of any size, also as the role of the daemon`() async throws {
        try await withLedger(servingAs: DaemonRole.name) { ledger in
            _ = try await ledger.user(owning: "5")
            try await ledger.database.run(
                "INSERT INTO report_total SELECT '2026-11-01', n::text, '', 2, 1, 0, 1 FROM generate_series(1, 150000) n"
            )

            try await ledger.service.rebuildReport()
            try await ledger.projectReport()

            #expect(try await ledger.storedReport() == ledger.countedReport())
            #expect(try await ledger.rolledUp("report_total", "account"))
        }
    }

    @Test func `on a server whose transaction numbers are behind nothing is counted, and it is said why`() async throws
    {
        try await withLedger(checked: false) { ledger in
            let user = try await ledger.user()
            try await ledger.projectReport()
            let told = try await ledger.asOf()
            try await ledger.tamper("UPDATE journal SET xid = '9000000000'")
            try await ledger.tamper("UPDATE projection_cursor SET xid = '9000000000'")
            try await ledger.adjust(user, by: "5")

            let step = await #expect(throws: JournalError.self) { try await ledger.service.projectReport() }
            let rebuild = await #expect(throws: JournalError.self) { try await ledger.service.rebuildReport() }

            #expect(step?.description.contains("pg_resetwal") == true)
            #expect(rebuild?.description.contains("pg_resetwal") == true)
            #expect(try await ledger.asOf() == told)
            #expect(try await ledger.storedReport().count == 1)
        }
    }

    @Test func `a rebuild mends a cursor that is ahead of the journal`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.user(owning: "5")
            try await ledger.tamper("UPDATE projection_cursor SET xid = '9000000000' WHERE name = 'report'")

            try await ledger.service.rebuildReport()
            try await ledger.projectReport()

            #expect(try await ledger.storedReport() == ledger.countedReport())
        }
    }

    @Test func `sums larger than any account do not stop it`() async throws {
        try await withLedger { ledger in
            for _ in 1...3 {
                let user = try await ledger.user()
                try await ledger.adjust(user, by: "9000000000000")
            }

            try await ledger.projectReport()

            let total = try await ledger.database.first("SELECT sum(amount_in)::text FROM report_total") { row in
                try row.text(0)
            }
            #expect(total == "27000000000003000000")
        }
    }
}

/// A posting outside of the engine's streams, so that its transaction can be held open.
private let movement: Statement = """
    WITH j AS (
        INSERT INTO journal (stream, stream_version, kind, payload, payload_sha256)
        VALUES ('late', 1, 'credits.posted', '', '') RETURNING seq
    )
    INSERT INTO entry (account, version, id, posting, amount, held, balance_after, held_after, at, kind, reason)
    SELECT $1::uuid, 100, gen_random_uuid(), seq, -7, 0, 7, 0, clock_timestamp(), 5, 'late' FROM j
    """

extension Ledger {
    /// Takes up all that there is.
    func projectReport() async throws {
        let written = try await self.now()
        // Transactions of other tests on the same server hold the cursor back for a moment.
        try await eventually("the report") {
            while try await self.service.projectReport() == .more {}
            return try await self.asOf().map { $0 >= written } ?? false
        }
    }

    /// The database's clock, in microseconds.
    func now() async throws -> Int64 {
        let now = try await self.database.first("SELECT ledger_micros(clock_timestamp())") { row in try row.int(0) }
        return try #require(now)
    }

    func asOf() async throws -> Int64? {
        try await self.database.first("SELECT ledger_micros(as_of) FROM report_progress") { row in
            try row.optionalInt(0)
        } ?? nil
    }

    /// The daily read model.
    func storedReport() async throws -> [[String]] {
        try await self.cells(
            """
            SELECT ARRAY[day::text, account::text, service, model, kind::text, movements::text, amount_in::text,
                amount_out::text]
            FROM report_day ORDER BY day, account, service, model, kind
            """
        )
    }

    /// The same, straight from the entries.
    func countedReport() async throws -> [[String]] {
        try await self.cells(
            """
            SELECT ARRAY[(at AT TIME ZONE 'UTC')::date::text, account::text, coalesce(service, ''), coalesce(model, ''),
                kind::text, count(*)::text, sum(greatest(amount, 0))::text, sum(-least(amount, 0))::text]
            FROM entry WHERE amount <> 0
            GROUP BY (at AT TIME ZONE 'UTC')::date, account, coalesce(service, ''), coalesce(model, ''), kind
            ORDER BY (at AT TIME ZONE 'UTC')::date, account, coalesce(service, '') COLLATE "C",
                coalesce(model, '') COLLATE "C", kind
            """
        )
    }

    /// Whether a roll-up says what the daily read model says without that column.
    func rolledUp(_ table: String, _ without: String) async throws -> Bool {
        let other = without == "day" ? "account" : "day"
        let sums = "\(other), service, model, kind, sum(movements), sum(amount_in), sum(amount_out)"
        let grouped = "GROUP BY \(other), service, model, kind"
        let differences = try await self.database.first(
            Statement(
                """
                SELECT count(*) FROM (SELECT \(sums) FROM \(table) \(grouped)) a
                FULL JOIN (SELECT \(sums) FROM report_day \(grouped)) b ON a = b WHERE a IS NULL OR b IS NULL
                """
            )
        ) { row in try row.int(0) }
        return differences == 0
    }

    private func cells(_ statement: Statement) async throws -> [[String]] {
        try await self.database.rows(statement) { row in try row.texts(0) }
    }
}

/// Runs a test on a ledger whose server nobody else uses: what other tests leave open would hold its cursors back.
private func withOwnLedger(_ body: (Ledger, _ connection: String) async throws -> Void) async throws {
    let server = try await PostgresServer.start()
    let connection = server.connectionString()
    let logger = Logger(label: "test")
    let configuration = DatabaseConfiguration(connection: connection)
    _ = try await Migrator.apply(KernelMigrations.all + CreditsMigrations.all, to: connection, logger: logger)
    let (database, engine) = (Database(configuration, logger: logger), LedgerEngine(configuration, logger: logger))
    let service = CreditsService(database: database, ledger: engine)
    try await withLedger(on: database, at: connection, service) { ledger in try await body(ledger, connection) }
    await engine.close()
    await database.close()
    try await server.stop()
}
