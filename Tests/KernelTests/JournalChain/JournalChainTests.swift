import Foundation
import Kernel
import Postgres
import Support
import Testing

@Suite struct JournalChainTests {
    @Test func `an outsider computes the same chain with SQL alone`() async throws {
        try await withJournal { journal in
            try await journal.append(10)
            try await journal.seal()
            _ = try await journal.database.run(
                """
                CREATE FUNCTION field(b bytea) RETURNS bytea LANGUAGE sql AS
                'SELECT coalesce(int4send(octet_length(b)) || b, int4send(-1))'
                """
            )

            let links = try await journal.database.rows(computeChain) { row in
                (isRight: try row.bool(0), follows: try row.bool(1))
            }

            #expect(links.count == 10)
            #expect(links.allSatisfy { $0.isRight && $0.follows })
        }
    }

    @Test func `an untouched chain holds, whatever size the batches have`() async throws {
        try await withJournal { journal in
            for _ in 0..<3 {
                try await journal.append(5)
                try await journal.seal()
            }
            try await journal.append(2)

            let check = try await journal.verify()

            #expect(check.breaks == [])
            #expect(check.checked == 15)
            #expect(check.head.link == 15)
            #expect(check.unsealed == 2)
        }
    }

    /// Row 4 stands in the middle; each tampering is one that a superuser could do.
    @Test(arguments: [
        (["UPDATE journal SET at = at + interval '1 microsecond' WHERE seq = 4"], 4, "not as it was sealed"),
        (["UPDATE journal SET at = 'infinity' WHERE seq = 4"], 4, "not as it was sealed"),
        (["UPDATE journal SET stream = 'other' WHERE seq = 4"], 4, "not as it was sealed"),
        (["UPDATE journal SET stream_version = 99 WHERE seq = 4"], 4, "not as it was sealed"),
        (["UPDATE journal SET kind = 'test.undone' WHERE seq = 4"], 4, "not as it was sealed"),
        (["UPDATE journal SET actor = NULL WHERE seq = 4"], 4, "not as it was sealed"),
        (["UPDATE journal SET request_id = '' WHERE seq = 4"], 4, "not as it was sealed"),
        (["UPDATE journal SET payload = 'lies' WHERE seq = 4"], 4, "the payload is not"),
        (["UPDATE journal SET payload = 'lies', payload_sha256 = sha256('lies') WHERE seq = 4"], 4, "not as it was"),
        (["DELETE FROM journal WHERE seq = 4"], 4, "the row is missing"),
        (
            ["DELETE FROM journal_chain WHERE seq = 4", "DELETE FROM journal WHERE seq = 4"], 5,
            "link 4 is missing"
        ),
        (
            [
                "DELETE FROM journal_chain WHERE seq = 4", "DELETE FROM journal WHERE seq = 4",
                "UPDATE journal_chain SET n = n - 1 WHERE n = 5", "UPDATE journal_chain SET n = n - 1 WHERE n = 6",
                "UPDATE journal_chain SET n = n - 1 WHERE n = 7",
            ], 5, "does not follow from link 3"
        ),
        (["DELETE FROM journal_chain WHERE n = 1"], 2, "link 1 is missing"),
        (
            [
                """
                INSERT INTO journal (seq, xid, stream, stream_version, kind, payload, payload_sha256)
                OVERRIDING SYSTEM VALUE SELECT 100, xid, 'test', 100, kind, payload, payload_sha256
                FROM journal WHERE seq = 3
                """
            ], 100, "put in below the end"
        ),
        (
            [
                "UPDATE journal SET seq = 200 WHERE seq = 4", "UPDATE journal SET seq = 4 WHERE seq = 5",
                "UPDATE journal SET seq = 5 WHERE seq = 200",
            ], 4, "not as it was sealed"
        ),
        (
            [
                "UPDATE journal_chain SET seq = 200 WHERE n = 4", "UPDATE journal_chain SET seq = 4 WHERE n = 5",
                "UPDATE journal_chain SET seq = 5 WHERE n = 4",
            ], 5, "not as it was sealed"
        ),
        (["UPDATE journal_chain SET hash = sha256('x') WHERE n = 4"], 4, "not as it was sealed"),
    ])
    func `what is changed is found with its place`(_ tampering: [String], _ seq: Int64, _ what: String) async throws {
        try await withJournal { journal in
            try await journal.append(7)
            try await journal.seal()
            try await journal.tamper(["ALTER TABLE journal ALTER seq DROP IDENTITY"] + tampering)

            let check = try await journal.verify()

            #expect(check.breaks.first?.seq == seq)
            #expect(check.breaks.first?.what.contains(what) == true, "\(check.breaks)")
        }
    }

    @Test func `who rewrites the whole chain is found by a link that was kept outside`() async throws {
        try await withJournal { journal in
            try await journal.append(6)
            try await journal.seal()
            let head = try await journal.verify().head
            let pin = JournalChain.Pin(link: head.link, hash: head.hash)
            try await journal.append(3)
            try await journal.seal()
            let right = try await journal.verify(from: pin)
            try await journal.tamper([
                "UPDATE journal SET kind = 'test.undone' WHERE seq = 2", "DELETE FROM journal_chain",
            ])
            try await journal.seal()

            let unpinned = try await journal.verify()
            let pinned = try await journal.verify(from: pin)
            let missing = try await journal.verify(from: JournalChain.Pin(link: 50, hash: nil))

            #expect(right.breaks == [] && right.checked == 3 && right.head.link == 9)
            #expect(unpinned.breaks == [])
            #expect(pinned.breaks.first?.what == "its hash is not the one kept outside")
            #expect(missing.breaks.first?.what == "the link that was kept outside is not there")
        }
    }

    @Test func `a transaction that stays open over a seal is neither passed over nor overtaken`() async throws {
        try await withJournal { journal in
            let gate = Gate()
            try await journal.append(3)
            try await journal.seal()

            let late = Task {
                try await journal.database.write { transaction in
                    try transaction.run(appendRow, [.text("late")])
                    gate.pass()
                }
            }
            try await gate.isReached()
            try await journal.append(4)
            let early = try await JournalChain.seal(in: journal.database)
            let waiting = try await journal.verify()
            gate.open()
            try await late.value
            try await journal.seal()

            #expect(early == (0, true))
            #expect(waiting.unsealed == 4 && waiting.breaks == [])
            let check = try await journal.verify()
            #expect(check.breaks == [] && check.checked == 8 && check.unsealed == 0)
            let order = try await journal.database.rows("SELECT seq FROM journal_chain ORDER BY n") { try $0.int(0) }
            #expect(order == [1, 2, 3, 4, 5, 6, 7, 8])
        }
    }

    @Test func `any number of sealers beside any number of writers make one chain`() async throws {
        try await withJournal { journal in
            try await withThrowingTaskGroup { group in
                for writer in 0..<4 { group.addTask { try await journal.append(25, to: "writer \(writer)") } }
                for _ in 0..<3 {
                    group.addTask {
                        for _ in 0..<40 { _ = try await JournalChain.seal(in: journal.database, limit: 7) }
                    }
                }
                try await group.waitForAll()
            }
            try await journal.seal()

            let check = try await journal.verify()

            #expect(check.breaks == [] && check.checked == 100 && check.unsealed == 0)
        }
    }

    @Test func `a fork cannot be stored`() async throws {
        try await withJournal { journal in
            try await journal.append(2)
            try await journal.seal()
            try await journal.append(1)

            let error = await #expect(throws: PostgresError.self) {
                try await journal.database.run(
                    """
                    INSERT INTO journal_chain (n, seq, prev, hash)
                    SELECT 3, 3, prev, sha256('another') FROM journal_chain WHERE n = 2
                    """
                )
            }

            #expect(error?.constraint == "journal_chain_prev_key")
        }
    }

    @Test func `on a server whose transaction numbers are behind nothing is sealed, and it is said why`() async throws {
        try await withJournal { journal in
            try await journal.append(2)
            try await journal.seal()
            try await journal.tamper(["UPDATE journal SET xid = '9000000000' WHERE seq = 2"])
            try await journal.append(1)

            let error = await #expect(throws: JournalError.self) { try await JournalChain.seal(in: journal.database) }

            #expect(error?.description.contains("pg_resetwal") == true)
        }
    }
}

private let computeChain = Statement(
    """
    SELECT c.hash = sha256(
            c.prev || field(int8send(seq)) || field(int8send((extract(epoch from at) * 1000000)::bigint))
            || field(convert_to(stream, 'UTF8')) || field(int8send(stream_version)) || field(convert_to(kind, 'UTF8'))
            || field(uuid_send(actor)) || field(convert_to(request_id, 'UTF8')) || field(payload_sha256)
        ),
        c.prev = coalesce(lag(c.hash) OVER (ORDER BY n), decode(repeat('00', 32), 'hex'))
    FROM journal_chain c JOIN journal USING (seq) ORDER BY n
    """
)
