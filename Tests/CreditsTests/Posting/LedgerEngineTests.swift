import Credits
import Foundation
import Kernel
import Logging
import Postgres
import RPC
import Support
import Testing

@Suite struct LedgerEngineTests {
    @Test func `commands that wait at the same moment are one posting, each with its own answer`() async throws {
        try await withEngines { engines in
            let users = try await engines.users(20)

            let answers = try await engines.whileLanesAreTaken {
                users.map { user in Task { try await engines[0].post(.hold(of: user, 600_000)) } }
                    + users.map { user in Task { try await engines[0].post(.hold(of: user, 600_000)) } }
            }
            var (held, refused) = (0, 0)
            for answer in answers {
                switch await answer.result {
                case .success: held += 1
                case .failure(let error as Status): refused += error.errorInfo?.reason == "INSUFFICIENT_CREDITS" ? 1 : 0
                case .failure(let error): throw error
                }
            }

            #expect((held, refused) == (20, 20))
            let postings = try await engines.number("SELECT count(*) FROM journal WHERE stream LIKE 'ledger:%'")
            #expect((2..<20).contains(postings))
        }
    }

    @Test func `the first commands of a process are served, however many they are`() async throws {
        try await withEngines { engines in
            let user = try await engines.users(1)[0]
            // More than may wait for a connection.
            let count = 2 * DatabaseConfiguration(connection: "").queueLimit

            let held = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<count { group.addTask { try await engines[0].post(.hold(of: user, 1)).held.micro } }
                return try await group.reduce(0, +)
            }

            #expect(held == Int64(count))
        }
    }

    @Test func `who finds the queue full is told so at once, and when to try again`() async throws {
        try await withEngines(configure: { $0.queueLimit = 4 }) { engines in
            let user = try await engines.users(1)[0]

            let refusals = Watched<[Status]>([])
            let waiting = try await engines.whileLanesAreTaken {
                let waiting = (0..<20).map { _ in
                    Task {
                        do {
                            return try await engines[0].post(.hold(of: user, 1)).held.micro
                        } catch let refusal as Status {
                            refusals.update { $0.append(refusal) }
                            return 0
                        }
                    }
                }
                // What came first is at the database, four wait.
                try await refusals.wait(for: "one who finds no room") { $0.isEmpty ? nil : () }
                return waiting
            }
            let error = refusals.state.first

            #expect(error?.code == .resourceExhausted)
            #expect(error?.errorInfo?.reason == "BUSY")
            #expect(error?.retryDelay != nil)
            var held = 0
            for task in waiting { held += Int(try await task.value) }
            #expect(held + refusals.state.count == 20)
            #expect(held >= 4)
            #expect(try await engines.number("SELECT count(*) FROM entry WHERE kind = 6") == held)
        }
    }

    @Test func `a command that cannot be written fails alone`() async throws {
        try await withEngines { engines in
            let users = try await engines.users(3)
            _ = try await engines.database.run("ALTER TABLE entry ADD CONSTRAINT poison CHECK (held <> 777)")

            let answers = try await engines.whileLanesAreTaken {
                users.flatMap { user in
                    [600, 777, 601].map { amount in Task { try await engines[0].post(.hold(of: user, amount)) } }
                }
            }
            var held: [Int64] = []
            var failures = 0
            for answer in answers {
                switch await answer.result {
                case .success(let entry): held.append(entry.held.micro)
                case .failure(let error): failures += (error as? PostgresError)?.constraint == "poison" ? 1 : 0
                }
            }

            #expect(failures == 3)
            #expect(held == [600, 601, 600, 601, 600, 601])
        }
    }

    @Test func `two processes write the same account by turns and each sees what the other wrote`() async throws {
        try await withEngines { engines in
            let user = try await engines.users(1)[0]

            var versions: [Int64] = []
            for turn in 0..<20 {
                versions.append(try await engines[turn % 2].post(.hold(of: user, 50_000)).version)
            }

            #expect(versions == Array(2...21))
            await #expect(throws: Status.self) { try await engines[0].post(.hold(of: user, 1)) }
            await #expect(throws: Status.self) { try await engines[1].post(.hold(of: user, 1)) }
        }
    }

    @Test func `a hold of one process is settled by another`() async throws {
        try await withEngines { engines in
            let user = try await engines.users(1)[0]
            let hold = try await engines[0].post(.hold(of: user, 800_000))
            let settle = LedgerCommand(
                id: UUID(),
                account: user,
                .settle(hold.id, CreditAmount(micro: 3), beyond: false)
            )

            let settled = try await engines[1].post(settle)
            let again = try await engines[0].post(settle)

            #expect((settled.amount.micro, settled.heldAfter) == (-3, .zero))
            #expect(again.id == settled.id)
            #expect(again.version == settled.version)
        }
    }

    @Test func `a hold that ends in the batch that places it expires when the database says`() async throws {
        try await withEngines { engines in
            let user = try await engines.users(1)[0]
            let hold = LedgerCommand.hold(of: user, 1_000)
            let release = LedgerCommand(id: UUID(), account: user, .release(hold.id))

            let (placed, ended) = try await engines.whileLanesAreTaken {
                (Task { try await engines[0].post(hold) }, Task { try await engines[0].post(release) })
            }

            // The release may have come first; then there was no such hold.
            guard case .success(let end) = await ended.result else { return }
            #expect(end.expiresAt == (try await placed.value).expiresAt)
        }
    }

    @Test func `overdue holds that nobody remembers do not refuse their account`() async throws {
        try await withEngines { engines in
            let user = try await engines.users(1)[0]
            for _ in 0..<300 { _ = try await engines[0].post(.hold(of: user, 3_000)) }
            try await engines.database.moveLedgerClock(by: "interval '1 hour'")

            let hold = try await engines[1].post(.hold(of: user, 1_000_000))

            #expect(hold.heldAfter.micro == 1_000_000)
        }
    }

    @Test func `what a process has forgotten it reads again`() async throws {
        try await withEngines(configure: { $0.memoryLimit = 4 }) { engines in
            let users = try await engines.users(40)
            var holds: [Entry] = []
            for user in users { holds.append(try await engines[0].post(.hold(of: user, 600_000))) }

            for hold in holds {
                let settle = LedgerCommand(
                    id: UUID(),
                    account: hold.account,
                    .settle(hold.id, CreditAmount(micro: 1), beyond: false)
                )
                #expect(try await engines[0].post(settle).balanceAfter.micro == 999_999)
            }
            for hold in holds {
                let repeated = LedgerCommand(
                    id: hold.id,
                    account: hold.account,
                    .hold(.one, lifetime: 1, service: "", model: "")
                )
                #expect(try await engines[0].post(repeated).version == hold.version)
            }
        }
    }

    @Test func `when the database is away callers are told in time, and it may have executed`() async throws {
        let server = try await PostgresServer.start()
        try await withEngines(server: server, configure: { $0.patience = .seconds(1) }) { engines in
            let user = try await engines.users(1)[0]
            _ = try await engines[0].post(.hold(of: user, 1))
            try await server.stop()

            let error = await #expect(throws: PostgresError.self) { try await engines[0].post(.hold(of: user, 1)) }
            try await server.launch()

            #expect(error?.isTransient == true)
            #expect(try await engines[0].post(.hold(of: user, 1)).heldAfter.micro >= 2)
        }
    }
}
