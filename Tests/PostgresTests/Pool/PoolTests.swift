import Postgres
import Support
import Testing

struct PoolTests {
    @Test func `a caller that finds no free connection gives up in time`() async throws {
        try await withBusyConnection(configure: { $0.acquireTimeout = .milliseconds(500) }) { database, _ in
            let caught = await outcome { try await database.write { _ in } } as? PostgresError

            #expect(caught?.kind == .acquireTimedOut)
            #expect(caught?.mayHaveExecuted == false)
        }
    }

    @Test func `a full queue refuses at once`() async throws {
        try await withBusyConnection(configure: { $0.queueLimit = 2 }) { database, gate in
            let kinds = await withTaskGroup { group in
                for _ in 0..<5 {
                    group.addTask { (await outcome { try await database.write { _ in } } as? PostgresError)?.kind }
                }
                var kinds: [PostgresError.Kind?] = []
                for await kind in group {
                    kinds.append(kind)
                    if kinds.count == 3 { gate.open() }
                }
                return kinds
            }

            #expect(kinds == [.queueFull, .queueFull, .queueFull, nil, nil])
        }
    }

    @Test func `a cancelled caller whose transaction has not begun is dropped`() async throws {
        let ran = Watched(false)
        try await withBusyConnection { database, gate in
            let failure = await withTaskGroup { group in
                group.addTask {
                    await outcome { try await database.write { _ in ran.update { $0 = true } } }
                }
                group.cancelAll()
                return await group.next() ?? nil
            }
            gate.open()
            try await database.write { _ in }

            #expect(failure is CancellationError)
            #expect(!ran.state)
        }
    }

    @Test func `a transaction that has begun ends although its caller is cancelled`() async throws {
        let gate = Gate()
        try await withScratchDatabase { _, database in
            let value = await withTaskGroup { group in
                group.addTask {
                    try? await database.write { transaction in
                        gate.pass()
                        return try transaction.first("SELECT 5") { try $0.int(0) }
                    }
                }
                try? await gate.isReached()
                group.cancelAll()
                gate.open()
                return await group.next() ?? nil
            }

            #expect(value == 5)
        }
    }

    @Test func `a cancelled statement on its way lets its caller go and keeps the connection`() async throws {
        try await withScratchDatabase(configure: { $0.pipelined = 1 }) { connection, database in
            let other = Database(DatabaseConfiguration(connection: connection), logger: LogRecorder().logger)
            let backend = try await database.first("SELECT pg_backend_pid()") { try $0.int(0) }
            let gate = Gate()
            async let holder: Void = other.write { transaction in
                try transaction.run("SELECT pg_advisory_xact_lock(1)")
                gate.pass()
            }
            try await gate.isReached()

            let failure = await withTaskGroup { group in
                group.addTask {
                    await outcome { try await database.run("SELECT pg_advisory_xact_lock(1)") }
                }
                try? await eventually("the statement waits") { try await other.run(waiting) == 1 }
                group.cancelAll()
                return await group.next() ?? nil
            }
            gate.open()
            try await holder

            let same = try await database.first("SELECT pg_backend_pid()") { try $0.int(0) }
            await other.close()
            #expect(failure is CancellationError)
            #expect(same == backend)
        }
    }

    @Test func `closing fails who waits, lets finish what runs and leaves no connection`() async throws {
        try await withScratchDatabase { connection, observer in
            var configuration = DatabaseConfiguration(connection: connection)
            configuration.applicationName = "closing"
            configuration.transactional = 1
            let database = Database(configuration, logger: LogRecorder().logger)
            let gate = Gate()
            async let running = database.write { transaction in
                gate.pass()
                return try transaction.first("SELECT 5") { try $0.int(0) }
            }
            try await gate.isReached()
            async let waiting = outcome { try await database.write { _ in } }

            async let closed: Void = database.close()
            let kind = (await waiting as? PostgresError)?.kind
            gate.open()
            let value = try await running
            await closed

            let late = await outcome { try await database.run("SELECT 1") } as? PostgresError
            #expect(kind == .closed)
            #expect(value == 5)
            #expect(late?.kind == .closed)
            try await eventually("no connection is left") { try await observer.run(closingConnections) == 0 }
        }
    }

    @Test func `a database that is not there is unavailable`() async throws {
        let missing = try await PostgresServer.shared().connectionString(database: "missing")
        var configuration = DatabaseConfiguration(connection: missing)
        configuration.acquireTimeout = .milliseconds(200)
        let log = LogRecorder()
        let database = Database(configuration, logger: log.logger)

        let single = await outcome { try await database.run("SELECT 1") } as? PostgresError
        let write = await outcome { try await database.write { _ in } } as? PostgresError

        await database.close()
        #expect(single?.kind == .unavailable)
        #expect(single?.message.contains(#"database "missing" does not exist"#) == true)
        #expect(write?.kind == .unavailable)
        #expect(log.recorded.count { $0.contains("cannot connect to Postgres") } == 2)
    }

    /// A database with one connection for transactions, which a transaction holds until `body` ends or opens the gate.
    private func withBusyConnection(
        configure: (inout DatabaseConfiguration) -> Void = { _ in },
        _ body: (Database, Gate) async throws -> Void
    ) async throws {
        try await withScratchDatabase(configure: {
            $0.transactional = 1
            configure(&$0)
        }) { _, database in
            let gate = Gate()
            try await eventually("a connection") { await outcome { try await database.write { _ in } } == nil }
            async let holder: Void = database.write { _ in gate.pass() }
            try await gate.isReached()
            try await body(database, gate)
            gate.open()
            try await holder
        }
    }
}

private let waiting: Statement = """
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    """

private let closingConnections: Statement = """
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'closing'
    """
