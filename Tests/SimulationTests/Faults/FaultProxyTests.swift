import Logging
import Postgres
import Support
import Testing

@Suite struct FaultProxyTests {
    @Test func `without a fault everything passes`() async throws {
        try await withItems { items in
            try await items.through.run(insert, [.int(1)])
            try await items.through.write { transaction in
                try transaction.run(insert, [.int(2)])
                try transaction.run(insert, [.int(3)])
            }
            await #expect(throws: PostgresError.self) { try await items.through.run(insert, [.int(3)]) }

            #expect(try await items.stored() == [1, 2, 3])
        }
    }

    @Test func `a lost request is not executed, and its sender cannot know`() async throws {
        try await withItems(fault: .loseRequest) { items in
            let error = await #expect(throws: PostgresError.self) { try await items.through.run(insert, [.int(1)]) }

            let stored = try await items.stored()
            #expect(error?.kind == .connectionLost)
            #expect(error?.mayHaveExecuted == true)
            #expect(stored == [])
        }
    }

    @Test func `a lost answer leaves what was done`() async throws {
        try await withItems(fault: .loseAnswer) { items in
            let error = await #expect(throws: PostgresError.self) { try await items.through.run(insert, [.int(1)]) }

            let stored = try await items.stored()
            #expect(error?.kind == .connectionLost)
            #expect(error?.mayHaveExecuted == true)
            #expect(stored == [1])
        }
    }

    @Test(arguments: [(Fault.loseRequest, []), (.loseAnswer, [1, 2])])
    func `a transaction whose COMMIT is lost is rolled back, one whose answer is lost is not`(
        fault: Fault,
        stored: [Int64]
    ) async throws {
        try await withItems(fault: fault, of: { $0.commits }) { items in
            let error = await #expect(throws: PostgresError.self) {
                try await items.through.write { transaction in
                    try transaction.run(insert, [.int(1)])
                    try transaction.run(insert, [.int(2)])
                }
            }

            let found = try await items.stored()
            #expect(error?.mayHaveExecuted == true)
            #expect(found == stored)
        }
    }

    @Test func `what was abandoned is done nevertheless, after its sender was told of the loss`() async throws {
        try await withItems(fault: .abandon) { items in
            let gate = Gate()
            async let lock: Void = items.direct.write { transaction in
                try transaction.run("LOCK TABLE item IN EXCLUSIVE MODE")
                gate.pass()
            }
            try await gate.isReached()

            let error = await #expect(throws: PostgresError.self) { try await items.through.run(insert, [.int(1)]) }
            #expect(error?.kind == .connectionLost)
            #expect(try await items.stored() == [])
            gate.open()
            try await lock

            try await eventually("the row") { try await items.stored() == [1] }
        }
    }

    @Test func `a delay holds a request up and changes nothing else`() async throws {
        try await withItems(fault: .delay(.milliseconds(50))) { items in
            let time = try await ContinuousClock().measure { try await items.through.run(insert, [.int(1)]) }

            #expect(time >= .milliseconds(50))
            #expect(try await items.stored() == [1])
        }
    }

    @Test func `requests in front of a lost one are answered, those behind it are lost too`() async throws {
        try await withItems(fault: .loseRequest, of: { $0.statements.first?.hasPrefix("UPDATE") == true }) { items in
            let gate = Gate()
            async let lock: Void = items.direct.write { transaction in
                try transaction.run("LOCK TABLE item IN EXCLUSIVE MODE")
                gate.pass()
            }
            try await gate.isReached()

            // All go through one connection: the first waits for the lock, so the others queue up behind it.
            async let first = items.through.run(insert, [.int(1)])
            async let second = items.through.run("UPDATE item SET number = 0")
            gate.open()
            try await lock

            #expect(try await first == 1)
            do {
                _ = try await second
                Issue.record("the lost request was answered")
            } catch let error as PostgresError {
                #expect(error.kind == .connectionLost)
            }
            #expect(try await items.stored() == [1])
            #expect(try await items.through.run(insert, [.int(2)]) == 1)
        }
    }

    @Test func `a server that is away looks through the proxy as it does without`() async throws {
        let server = try await PostgresServer.start()
        try await FaultProxy.run(before: server, choosing: { _ in nil }) { proxy in
            var configuration = DatabaseConfiguration(connection: proxy.connectionString(database: "postgres"))
            configuration.acquireTimeout = .seconds(2)
            let database = Database(configuration, logger: LogRecorder().logger)
            try await eventually("an answer") { (try? await database.run("SELECT 1")) != nil }

            try await server.stop()
            let error = await #expect(throws: PostgresError.self) { try await database.run("SELECT 1") }
            try await server.launch()

            #expect([.unavailable, .connectionLost].contains(error?.kind))
            try await eventually("an answer") { (try? await database.run("SELECT 1")) != nil }
            await database.close()
        }
        try await server.stop()
    }
}

private let insert: Statement = "INSERT INTO item VALUES ($1)"

/// A table that is reached through a proxy and without.
private struct Items {
    let direct: Database
    let through: Database

    func stored() async throws -> [Int64] {
        try await self.direct.rows("SELECT number FROM item ORDER BY number") { try $0.int(0) }
    }
}

/// Runs a test with a table. The first exchange for which `isMeant` holds has a fault.
private func withItems(
    fault: Fault? = nil,
    of isMeant: @escaping @Sendable (Exchange) -> Bool = { $0.statements.first?.hasPrefix("INSERT") == true },
    _ body: (Items) async throws -> Void
) async throws {
    try await withScratchDatabase { _, direct in
        try await direct.run("CREATE TABLE item (number bigint PRIMARY KEY)")
        let name = try await direct.first("SELECT current_database()::text") { try $0.text(0) } ?? ""
        let isOver = Watched(false)
        let choose = { @Sendable (exchange: Exchange) -> Fault? in
            guard isMeant(exchange), !isOver.state else { return nil }
            isOver.update { $0 = true }
            return fault
        }
        try await FaultProxy.run(before: try await PostgresServer.shared(), choosing: choose) { proxy in
            var configuration = DatabaseConfiguration(connection: proxy.connectionString(database: name))
            (configuration.pipelined, configuration.transactional) = (1, 1)
            let through = Database(configuration, logger: LogRecorder().logger)
            let result: Result<Void, any Error>
            do { result = .success(try await body(Items(direct: direct, through: through))) } catch {
                result = .failure(error)
            }
            await through.close()
            try result.get()
        }
    }
}
