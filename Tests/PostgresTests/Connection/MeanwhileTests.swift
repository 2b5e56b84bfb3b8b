import Postgres
import Support
import Testing

struct MeanwhileTests {
    @Test func `what is to be done meanwhile is done again until the server answers`() async throws {
        try await withScratchDatabase { _, database in
            let gate = Gate()
            let holder = Task {
                try await database.write { transaction in
                    try transaction.run("SELECT pg_advisory_xact_lock(7)")
                    gate.pass()
                }
            }
            try await gate.isReached()

            let (rounds, answer) = try await withCheckedThrowingContinuation { continuation in
                database.schedule { connection in
                    var rounds = 0
                    let answer = Result {
                        try connection.first(
                            "SELECT 42 FROM pg_advisory_xact_lock(7)",
                            [],
                            meanwhile: {
                                rounds += 1
                                if rounds == 4 { gate.open() }
                            }
                        ) { row in try row.int(0) }
                    }
                    continuation.resume(with: answer.map { (rounds, $0) })
                } failure: { error in
                    continuation.resume(throwing: error)
                }
            }
            try await holder.value

            #expect(answer == 42)
            #expect(rounds >= 4)
        }
    }
}
