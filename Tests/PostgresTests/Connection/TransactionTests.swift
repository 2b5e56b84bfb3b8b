import Postgres
import Support
import Testing

struct TransactionTests {
    private struct Refusal: Error {}

    @Test func `commits when the closure returns`() async throws {
        try await withItems { database in
            let total = try await database.write { transaction in
                try transaction.run("INSERT INTO item VALUES (1), (2)")
                return try transaction.first("SELECT sum(number) FROM item") { try $0.int(0) }
            }

            let stored = try await database.rows("SELECT number FROM item ORDER BY 1") { try $0.int(0) }
            #expect(total == 3)
            #expect(stored == [1, 2])
        }
    }

    @Test func `rolls back when the closure throws`() async throws {
        try await withItems { database in
            await #expect(throws: Refusal.self) {
                try await database.write { transaction in
                    try transaction.run("INSERT INTO item VALUES (1)")
                    throw Refusal()
                }
            }

            let count = try await database.first("SELECT count(*) FROM item") { try $0.int(0) }
            #expect(count == 0)
        }
    }

    @Test func `fails when the closure passes over a failed statement`() async throws {
        try await withItems { database in
            let caught = await #expect(throws: PostgresError.self) {
                try await database.write { transaction in
                    try transaction.run("INSERT INTO item VALUES (1)")
                    _ = try? transaction.run("INSERT INTO item VALUES (1)")
                }
            }

            let count = try await database.first("SELECT count(*) FROM item") { try $0.int(0) }
            #expect(caught?.sqlState == "23505")
            #expect(caught?.constraint == "item_pkey")
            #expect(count == 0)
        }
    }

    @Test func `a closure without statements needs no transaction`() async throws {
        try await withItems { database in
            let value = try await database.write { _ in 7 }

            #expect(value == 7)
        }
    }

    @Test func `a constraint checked at the end is an error of the server`() async throws {
        try await withItems { database in
            try await database.run(
                "ALTER TABLE item ADD CONSTRAINT item_once UNIQUE (number) DEFERRABLE INITIALLY DEFERRED"
            )
            try await database.run("ALTER TABLE item DROP CONSTRAINT item_pkey")

            let caught = await #expect(throws: PostgresError.self) {
                try await database.write { try $0.run("INSERT INTO item VALUES (1), (1)") }
            }

            #expect(caught?.kind == .server)
            #expect(caught?.constraint == "item_once")
            #expect(caught?.mayHaveExecuted == false)
        }
    }

    @Test func `a connection lost before the end means that nothing happened`() async throws {
        try await withItems { database in
            let caught = await #expect(throws: PostgresError.self) {
                try await database.write { transaction in
                    try transaction.run("INSERT INTO item VALUES (1)")
                    try transaction.run("SELECT pg_terminate_backend(pg_backend_pid())")
                }
            }

            let count = try await database.first("SELECT count(*) FROM item") { try $0.int(0) }
            #expect(caught?.kind == .connectionLost)
            #expect(caught?.sqlState == "57P01")
            #expect(caught?.mayHaveExecuted == false)
            #expect(count == 0)
        }
    }

    @Test func `a connection lost during COMMIT leaves the outcome open`() async throws {
        try await withItems { database in
            for statement in slowCommit { try await database.run(statement) }
            try await database.run("SELECT pg_advisory_lock(1)")  // stays with the only connection for statements

            async let outcome = outcome { try await database.write { try $0.run("INSERT INTO item VALUES (1)") } }
            try await eventually("COMMIT waits for the lock") { try await database.run(endWaiting) == 1 }

            let failure = await outcome as? PostgresError
            #expect(failure?.kind == .connectionLost)
            #expect(failure?.mayHaveExecuted == true)
        }
    }

    @Test func `forgets statements inside one transaction too`() async throws {
        let held = try await withScratchDatabase(configure: { $0.statementCacheLimit = 4 }) { _, database in
            try await database.write { transaction in
                for number in 0..<50 { try transaction.run(Statement("SELECT \(number)")) }
                return try transaction.first("SELECT count(*) FROM pg_prepared_statements") { try $0.int(0) }
            }
        }

        #expect((1...5).contains(held ?? 0))
    }

    private func withItems(_ body: (Database) async throws -> Void) async throws {
        try await withScratchDatabase(configure: { $0.pipelined = 1 }) { _, database in
            try await database.run("CREATE TABLE item (number int CONSTRAINT item_pkey PRIMARY KEY)")
            try await body(database)
        }
    }
}

/// What `body` threw, if it did.
func outcome(_ body: () async throws -> some Any) async -> (any Error)? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

/// COMMIT then waits until nobody else holds the advisory lock 1.
private let slowCommit: [Statement] = [
    """
    CREATE FUNCTION wait_for_lock() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END'
    """,
    """
    CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait_for_lock()
    """,
]

/// Answers one row once there was somebody to end.
private let endWaiting: Statement = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query = 'COMMIT'
    """
