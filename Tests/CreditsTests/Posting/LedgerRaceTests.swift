import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

/// What happens when something changes between a decision and its posting.
@Suite struct LedgerRaceTests {
    @Test func `a batch may be about more accounts than a lane remembers`() async throws {
        try await withEngines(configure: { $0.memoryLimit = 3 }) { engines in
            let users = try await engines.users(40)
            for round in 1...3 {
                let answers = try await engines.whileLanesAreTaken {
                    users.map { user in Task { try await engines[0].post(.hold(of: user, 1_000)) } }
                }
                for answer in answers {
                    #expect(try await answer.value.heldAfter.micro == Int64(round) * 1_000)
                }
            }
        }
    }

    @Test func `a hold that runs out while its settlement is written is found to have run out`() async throws {
        try await withEngines { engines in
            let users = try await engines.users(2)
            _ = try await engines.database.run("CREATE SEQUENCE ticks")
            try await engines.database.moveLedgerClock(by: "nextval('ticks') * interval '1 hour'")
            // Written at one tick and looked at once more at the next, it runs out between the two that follow.
            let hold = try await engines[0].post(.hold(of: users[0], 500_000, lifetime: 9_000))
            let settle = LedgerCommand(id: UUID(), account: users[0], .settle(hold.id, .zero, beyond: false))

            let error = await #expect(throws: Status.self) { try await engines[0].post(settle) }

            #expect(error?.errorInfo?.reason == "HOLD_EXPIRED")
            #expect(try await engines[0].post(.hold(of: users[1], 1)).heldAfter.micro == 1)
        }
    }

    @Test func `holds that have run out are freed together, however long ago they were placed`() async throws {
        try await withEngines { engines in
            let user = try await engines.users(1)[0]
            _ = try await engines[0].post(.hold(of: user, 300_000))
            for _ in 0..<300 { _ = try await engines[0].post(.hold(of: user, 1)) }
            _ = try await engines[0].post(.hold(of: user, 600_000))
            try await engines.database.moveLedgerClock(by: "interval '1 hour'")

            // To free what is known at once would be enough.
            let hold = try await engines[1].post(.hold(of: user, 500_000))

            #expect(hold.heldAfter.micro == 500_000)
        }
    }

    @Test func `what is decided ahead and ends a hold counts for the commands behind it`() async throws {
        try await withEngines { engines in
            let user = try await engines.users(1)[0]
            var holds: [UUID] = []
            for _ in 0..<20 { holds.append(try await engines[0].post(.hold(of: user, 1)).id) }

            let answers = try await engines.whileLanesAreTaken { [holds] in
                let flight = Task { try await engines[0].post(.hold(of: user, 1)) }
                try await eventually("a posting that waits") { try await engines.number(countWaiting) > 0 }
                let releases = holds.map { hold in
                    Task { try await engines[0].post(LedgerCommand(id: .v7(), account: user, .release(hold))) }
                }
                let extensions = holds.map { hold in
                    let command = LedgerCommand(id: UUID.v7(), account: user, .extend(hold, lifetime: 900))
                    return Task { try await engines[0].post(command) }
                }
                return (flight, releases, extensions)
            }
            _ = try await answers.0.value
            for (release, extend) in zip(answers.1, answers.2) {
                let released = try await release.value
                switch await extend.result {
                case .success(let extended): #expect(extended.version < released.version)
                case .failure(let error): #expect((error as? Status)?.errorInfo?.reason == "HOLD_RELEASED")
                }
            }
        }
    }

    @Test func `a refusal waits for what is under way in its lane`() async throws {
        try await withEngines { engines in
            let user = try await engines.users(1)[0]
            let gate = Gate()
            let posting = Task {
                try await engines.database.write { transaction in
                    try transaction.run(
                        "SELECT pg_advisory_xact_lock_shared(1817403237, lane) FROM generate_series(0, 63) lane"
                    )
                    gate.pass()
                }
            }
            try await gate.isReached()

            let refused = Task { try await engines[0].post(.hold(of: user, 2_000_000)) }
            try await eventually("a refusal that waits") {
                try await engines.number(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND NOT granted"
                ) > 0
            }
            gate.open()
            try await posting.value

            let error = await #expect(throws: Status.self) { try await refused.value }
            #expect(error?.errorInfo?.reason == "INSUFFICIENT_CREDITS")
        }
    }

    @Test func `two requests that came with one id at one moment keep their own answers`() async throws {
        try await withEngines { engines in
            // Of different lanes: those of one cannot be written at the same moment.
            let accounts = try await engines.users(40)
            let users = [
                try #require(accounts.first { $0.uuid.15 % 2 == 0 }),
                try #require(accounts.first { $0.uuid.15 % 2 == 1 }),
            ]
            let id = UUID()
            func command(of user: UUID) -> LedgerCommand {
                LedgerCommand(
                    id: id,
                    account: user,
                    digest: user,
                    .hold(CreditAmount(micro: 5), lifetime: 600, service: "", model: "")
                )
            }
            let held = try await engines[0].post(command(of: users[0]))
            // The other daemon had it refused before it could see that.
            let status = try Status(.notFound, "as it was refused").envelope.serializedBytes() as [UInt8]
            _ = try await engines.database.run(
                "INSERT INTO refusal (id, digest, status) VALUES ($1::uuid, $2::uuid, $3)",
                [.uuid(id), .uuid(users[1]), .bytes(status)]
            )

            #expect(try await engines[1].post(command(of: users[0])).version == held.version)
            let refused = await #expect(throws: Status.self) { try await engines[1].post(command(of: users[1])) }
            #expect(refused?.message == "as it was refused")
            let other = await #expect(throws: Status.self) { try await engines[1].post(command(of: UUID())) }
            #expect(other?.message.hasPrefix("request_id was used before") == true)
        }
    }
}

private let countWaiting = """
    SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
