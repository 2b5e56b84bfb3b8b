import Postgres
import Support
import Testing

struct SingleStatementTests {
    @Test func `answers rows, the first row and how many changed`() async throws {
        try await withScratchDatabase { _, database in
            try await database.run("CREATE TABLE item (number int PRIMARY KEY)")

            let changed = try await database.run("INSERT INTO item SELECT generate_series(1, $1)", [3])
            let all = try await database.rows("SELECT number FROM item ORDER BY 1") { try $0.int(0) }
            let first = try await database.first("SELECT number FROM item ORDER BY 1 DESC") { try $0.int(0) }
            let none = try await database.first("SELECT number FROM item WHERE number > 9") { try $0.int(0) }

            #expect(changed == 3)
            #expect(all == [1, 2, 3])
            #expect(first == 3)
            #expect(none == nil)
        }
    }

    @Test func `a violated constraint gives SQLSTATE and its name, and nothing happened`() async throws {
        try await withScratchDatabase { _, database in
            try await database.run("CREATE TABLE item (number int CONSTRAINT item_positive CHECK (number > 0))")

            let caught = await #expect(throws: PostgresError.self) {
                try await database.run("INSERT INTO item VALUES ($1)", [-1])
            }

            #expect(caught?.kind == .server)
            #expect(caught?.sqlState == "23514")
            #expect(caught?.constraint == "item_positive")
            #expect(caught?.mayHaveExecuted == false)
            #expect(caught?.description.contains("-1") == false)
        }
    }

    @Test func `failing neighbours in one pipeline harm nobody`() async throws {
        let answers = try await withScratchDatabase(configure: { $0.pipelined = 1 }) { _, database in
            await withTaskGroup(of: String.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        do {
                            let divisor = Parameter.int(number.isMultiple(of: 3) ? 0 : 1)
                            return try await database.first("SELECT (8 / $1::int)::text", [divisor]) { try $0.text(0) }
                                ?? "nothing"
                        } catch {
                            return (error as? PostgresError)?.sqlState ?? "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
        }

        #expect(answers == ["8": 133, "22012": 67])
    }

    @Test func `a statement that cannot be prepared tells every caller why`() async throws {
        let codes = try await withScratchDatabase(configure: { $0.pipelined = 1 }) { _, database in
            await withTaskGroup(of: String.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        do {
                            return "\(try await database.run("SELECT * FROM missing"))"
                        } catch {
                            return (error as? PostgresError)?.sqlState ?? "\(error)"
                        }
                    }
                }
                return await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
        }

        #expect(codes == ["42P01"])
    }

    @Test func `a statement works again after its table has changed`() async throws {
        try await withScratchDatabase(configure: { $0.pipelined = 1 }) { _, database in
            let select: Statement = "SELECT * FROM item"
            try await database.run("CREATE TABLE item (number int)")
            try await database.run(select)
            try await database.run("ALTER TABLE item ADD COLUMN name text")

            _ = try? await database.run(select)  // the server refuses the old plan once

            let rows = try await database.run(select)
            #expect(rows == 0)
        }
    }

    @Test func `more distinct statements than the cache holds leave few on the server`() async throws {
        let held = try await withScratchDatabase(configure: {
            $0.pipelined = 1
            $0.statementCacheLimit = 8
        }) { _, database in
            for number in 0..<100 { try await database.run(Statement("SELECT \(number)")) }
            return try await database.first("SELECT count(*) FROM pg_prepared_statements") { try $0.int(0) }
        }

        #expect((1...9).contains(held ?? 0))
    }

    @Test func `two statements in one text are refused`() async throws {
        try await withScratchDatabase { _, database in
            let caught = await #expect(throws: PostgresError.self) { try await database.run("SELECT 1; SELECT 2") }

            #expect(caught?.sqlState == "42601")
        }
    }

    @Test func `a copy is refused and the next statement works`() async throws {
        try await withScratchDatabase(configure: { $0.pipelined = 1 }) { _, database in
            await #expect(throws: PostgresError.self) { try await database.run("COPY pg_class TO STDOUT") }

            let rows = try await database.run("SELECT 1")
            #expect(rows == 1)
        }
    }

    @Test func `a transaction opened by hand does not catch the statements of others`() async throws {
        try await withScratchDatabase(configure: { $0.pipelined = 1 }) { connection, database in
            try await database.run("CREATE TABLE item (number int)")
            try await database.run("BEGIN")
            try await database.run("INSERT INTO item VALUES (1)")

            let other = Database(DatabaseConfiguration(connection: connection), logger: LogRecorder().logger)
            let seen = try await other.first("SELECT count(*) FROM item") { try $0.int(0) }
            await other.close()

            #expect(seen == 1)
        }
    }

    @Test func `the session has its limits and speaks of time in UTC`() async throws {
        let settings = try await withScratchDatabase(configure: {
            $0.statementTimeout = .milliseconds(7500)
            $0.lockTimeout = .seconds(5)
        }) { _, database in
            try await database.first(
                """
                SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),
                    current_setting('idle_in_transaction_session_timeout'), current_setting('TimeZone'),
                    current_setting('application_name'), current_setting('client_encoding')
                """
            ) { row in try (0..<row.count).map { try row.text($0) } }
        }

        #expect(settings == ["7500ms", "5s", "10s", "UTC", "smart-ai-hub", "UTF8"])
    }

    @Test func `a session that looks rows up by keys plans once, always by index, and compiles nothing`() async throws {
        let settings = try await withScratchDatabase(configure: { $0.looksUpByKeys = true }) { _, database in
            try await database.first(
                """
                SELECT current_setting('plan_cache_mode'), current_setting('enable_seqscan'),
                    current_setting('enable_hashjoin'), current_setting('enable_mergejoin'), current_setting('jit')
                """
            ) { row in try (0..<row.count).map { try row.text($0) } }
        }

        #expect(settings == ["force_generic_plan", "off", "off", "off", "off"])
    }

    @Test func `the server ends a statement that takes too long`() async throws {
        try await withScratchDatabase(configure: { $0.statementTimeout = .milliseconds(50) }) { _, database in
            let caught = await #expect(throws: PostgresError.self) { try await database.run("SELECT pg_sleep(60)") }

            #expect(caught?.kind == .server)
            #expect(caught?.sqlState == "57014")
        }
    }
}
