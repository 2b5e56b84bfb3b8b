import Foundation
import Postgres
import Support
import Testing

struct LostConnectionTests {
    @Test func `an idle connection that a restart broke is replaced without an error`() async throws {
        let server = try await PostgresServer.start()
        let database = Database(.init(connection: server.connectionString()), logger: LogRecorder().logger)
        try await database.run("SELECT 1")
        try await database.write { try $0.run("SELECT 1") }

        try await server.restart()

        try await database.run("SELECT 1")
        try await database.write { try $0.run("SELECT 1") }
        await database.close()
        try await server.stop()
    }

    @Test func `a statement that loses its connection gets one error and the next one works`() async throws {
        try await withScratchDatabase(configure: { $0.pipelined = 1 }) { _, database in
            let caught = await #expect(throws: PostgresError.self) {
                try await database.run("SELECT pg_terminate_backend(pg_backend_pid())")
            }
            let rows = try await database.run("SELECT 1")

            #expect(caught?.kind == .connectionLost)
            #expect(caught?.sqlState == "57P01")
            #expect(caught?.mayHaveExecuted == true)
            #expect(rows == 1)
        }
    }

    @Test func `a server that falls silent counts as lost`() async throws {
        let server = try await PostgresServer.start()
        var configuration = DatabaseConfiguration(connection: server.connectionString())
        configuration.pipelined = 1
        configuration.statementTimeout = .milliseconds(50)
        configuration.silenceMargin = .milliseconds(50)
        let database = Database(configuration, logger: LogRecorder().logger)
        let backend = try await database.first("SELECT pg_backend_pid()") { Int32(try $0.int(0)) }

        kill(try #require(backend), SIGSTOP)
        let caught = await #expect(throws: PostgresError.self) { try await database.run("SELECT 1") }
        kill(try #require(backend), SIGCONT)

        #expect(caught?.kind == .connectionLost)
        #expect(caught?.mayHaveExecuted == true)
        await database.close()
        try await server.stop()
    }

    @Test(arguments: [false, true])
    func `a server that goes down under load gives clean errors and loses nothing`(isCrash: Bool) async throws {
        let server = try await PostgresServer.start(isDurable: true)
        var configuration = DatabaseConfiguration(connection: server.connectionString())
        configuration.acquireTimeout = .seconds(60)
        let database = Database(configuration, logger: LogRecorder().logger)
        try await database.run("CREATE TABLE item (number bigint PRIMARY KEY)")
        let progress = Watched(Tally())

        async let load: Void = insert(into: database, progress)
        try await progress.wait(for: "some inserts") { $0.stored.count >= 100 ? () : nil }
        if isCrash { try await server.kill() } else { try await server.stop() }
        try await server.launch()
        let before = progress.state.stored.count
        try await progress.wait(for: "inserts after the restart") { $0.stored.count >= before + 100 ? () : nil }
        progress.update { $0.isOver = true }
        try await load

        let tally = progress.state
        let found = Set(try await database.rows("SELECT number FROM item") { try $0.int(0) })
        #expect(tally.strange.isEmpty)
        #expect(found.isSuperset(of: tally.stored))
        #expect(found.isDisjoint(with: tally.refused))
        await database.close()
        try await server.stop()
    }

    /// Sixteen callers insert one number after the other, half of them in transactions, until it is over.
    private func insert(into database: Database, _ progress: Watched<Tally>) async throws {
        await withTaskGroup { group in
            for caller in 0..<16 {
                group.addTask {
                    var number = Int64(caller) * 1_000_000
                    while !progress.state.isOver {
                        number += 1
                        await self.insert(number, into: database, progress)
                    }
                }
            }
        }
    }

    private func insert(_ number: Int64, into database: Database, _ progress: Watched<Tally>) async {
        let statement: Statement = "INSERT INTO item VALUES ($1)"
        do {
            if number.isMultiple(of: 2) {
                try await database.run(statement, [.int(number)])
            } else {
                try await database.write { try $0.run(statement, [.int(number)]) }
            }
            progress.update { $0.stored.insert(number) }
        } catch let error as PostgresError where [.connectionLost, .unavailable].contains(error.kind) {
            if !error.mayHaveExecuted { progress.update { $0.refused.insert(number) } }
        } catch {
            progress.update { $0.strange.append("\(error)") }
        }
    }
}

/// What became of the numbers.
private struct Tally: Sendable {
    var stored: Set<Int64> = []
    var refused: Set<Int64> = []
    var strange: [String] = []
    var isOver = false
}
