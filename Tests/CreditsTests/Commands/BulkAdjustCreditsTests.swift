import Contract
import Credits
import Foundation
import Kernel
import Logging
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct BulkAdjustCreditsTests {
    private static let modes = [BulkMode.bestEffort, .allOrNothing]

    @Test(arguments: modes)
    func `every line is an entry with its reason and its author`(mode: BulkMode) async throws {
        try await withLedger { ledger in
            let users = try await ledger.users(2)

            let answer = try await ledger.bulk(
                ["\(users[0]),2.5,bonus", "\(users[1]),-0.25,\"a fee, or two\"", "\(users[0]),2.5,bonus"],
                mode
            )

            #expect(answer.lines.map(\.line) == [2, 3, 4])
            #expect(answer.lines.map(\.balanceAfter) == ["3.5", "0.75", "6"])
            let done = try #require(answer.done)
            #expect(done.applied && !done.dryRun && done.mode == mode)
            #expect([done.lines, done.succeeded, done.failed] == [3, 3, 0])
            #expect([done.added, done.taken] == ["5", "0.25"])
            let history = try await ledger.queries.listTransactions(.init(), CallOptions(as: users[1])).transactions
            #expect(history.map(\.reason) == ["a fee, or two", "Welcome"])
            #expect(history.map(\.kind) == [.adjustment, .initial])
            let actors = try await ledger.database.rows("SELECT DISTINCT actor FROM entry WHERE kind = 3") { row in
                try row.uuid(0)
            }
            #expect(actors == [ledger.administrator])
        }
    }

    @Test(arguments: modes)
    func `nobody is refused for a hold that has run out, however long ago it was placed`(mode: BulkMode) async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            _ = try await ledger.hold("0.9", of: user)
            let cents = (0..<300).map { _ in "\(user),0.000001,a step" }
            _ = try await ledger.bulk(cents)
            try await ledger.letHoldsRunOut()

            let answer = try await ledger.bulk(["\(user),-1,all of it"], mode)

            #expect(answer.summary == ["2 done"])
            #expect(try await ledger.balance(of: user) == ["0.0003", "0", "0.0003"])
        }
    }

    /// Lines of which some fail, for one user who owns 1 credit.
    private static func mixed(_ user: UUID, _ stranger: UUID) -> [String] {
        [
            "\(user),2,first", "nobody,1,r", "\(user),1,", "\(user),-2.5,second", "\(user),-1,too much",
            "\(stranger),1,r", "\(user),0.5,third", "\(user),9223372036854.775807,huge",
        ]
    }

    private static let verdicts = [
        "2 done", "3 failed BAD_LINE", "4 failed BAD_LINE", "5 done", "6 failed INSUFFICIENT_CREDITS",
        "7 failed NOT_FOUND", "8 done", "9 failed INVALID_REQUEST",
    ]

    @Test func `best effort carries out what it can, in order, and says of each other line why`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()

            let answer = try await ledger.bulk(Self.mixed(user, UUID.v7()))

            #expect(answer.summary == Self.verdicts)
            #expect(answer.done?.succeeded == 3)
            #expect(answer.done?.failed == 5)
            #expect(answer.done?.applied == true)
            #expect(try await ledger.balance(of: user) == ["1", "0", "1"])
        }
    }

    @Test func `all or nothing writes nothing when a line fails, and says so of the others`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            let lines = Self.mixed(user, UUID.v7())

            let answer = try await ledger.bulk(lines, .allOrNothing, requestID: "x")

            #expect(answer.summary == Self.verdicts.map { $0.replacing("done", with: "leftOut") })
            #expect(answer.done?.applied == false)
            #expect(answer.done?.succeeded == 0)
            #expect(answer.done?.failed == 5)
            #expect(try await ledger.adjustments() == 0)

            // Also when it could succeed later.
            try await ledger.adjust(user, by: "100")
            let again = try await ledger.bulk(lines, .allOrNothing, requestID: "x")
            #expect(again.lines == answer.lines)
            #expect(again.done == answer.done)
        }
    }

    @Test(arguments: modes)
    func `a dry run decides as the run does and writes nothing`(mode: BulkMode) async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            let lines = Self.mixed(user, UUID.v7())

            let trial = try await ledger.bulk(lines, mode, requestID: "x") { $0.dryRun = true }
            #expect(try await ledger.adjustments() == 0)
            #expect(try await ledger.database.first("SELECT count(*) FROM bulk_run") { row in try row.int(0) } == 0)
            let run = try await ledger.bulk(lines, mode, requestID: "x")

            #expect(trial.lines == run.lines)
            #expect(trial.done?.dryRun == true)
            #expect(trial.done?.applied == false)
            #expect(trial.done?.succeeded == run.done?.succeeded)
        }
    }

    @Test(arguments: modes)
    func `the same request again changes nothing and is answered the same, another one is refused`(
        mode: BulkMode
    ) async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            let lines = ["\(user),1,a", "\(user),1,a", "\(user),-5,b"]
            let first = try await ledger.bulk(lines, mode, requestID: "x")

            let again = try await ledger.bulk(lines, mode, requestID: "x")
            #expect(again.lines == first.lines)
            #expect(again.done == first.done)
            #expect(again.progress.last == first.progress.last)
            #expect(try await ledger.adjustments() == (mode == .bestEffort ? 2 : 0))

            for (lines, other) in [(lines + ["\(user),1,c"], mode), (lines, Self.modes.first { $0 != mode } ?? mode)] {
                let error = await #expect(throws: Status.self) { try await ledger.bulk(lines, other, requestID: "x") }
                let violations = error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations
                #expect(violations?.map(\.reason) == ["REQUEST_ID_REUSED"])
            }
            let journal = try await ledger.database.rows(
                "SELECT actor, request_id, payload FROM journal WHERE kind = 'credits.bulk-adjusted'"
            ) { row in (try row.uuid(0), try row.text(1), try BulkAdjustDone(serializedBytes: row.bytes(2))) }
            #expect(journal.count == 1)
            #expect(journal.first?.0 == ledger.administrator)
            #expect(journal.first?.1 == "x")
            #expect(journal.first?.2 == first.done)
        }
    }

    @Test func `the same request at the same time is carried out once`() async throws {
        try await withLedger { ledger in
            let users = try await ledger.users(20)
            for mode in Self.modes {
                let lines = users.map { "\($0),1,\(mode)" }

                async let one = ledger.bulk(lines, mode, requestID: "\(mode)")
                async let two = ledger.bulk(lines, mode, requestID: "\(mode)")

                let answers = try await [one, two]
                #expect(answers[0].lines == answers[1].lines)
                #expect(answers[0].done == answers[1].done)
            }
            #expect(try await ledger.adjustments() == 40)
        }
    }

    @Test func `a run that broke off goes on where it was, after a restart too`() async throws {
        try await withLedger { ledger in
            let users = try await ledger.users(100)
            let lines = (0..<10_000).map { "\(users[$0 % 100]),1,line \($0)" }
            let request = BulkAdjustCreditsRequest.with {
                $0.requestID = "x"
                $0.mode = .bestEffort
                $0.csv = (["user_id,amount,reason"] + lines).joined(separator: "\n")
                $0.listSuccesses = true
            }

            // Its answers fill the line while nobody reads them, and then the caller hangs up.
            let options = CallOptions(as: ledger.administrator)
            try await ledger.commands.bulkAdjustCredits(request, options) { responses in
                for try await _ in responses { break }
            }
            #expect(try await ledger.adjustments() < 10_000)

            let connection = ledger.connection
            let engine = LedgerEngine(DatabaseConfiguration(connection: connection), logger: Logger(label: "test"))
            let other = CreditsService(database: ledger.database, ledger: engine)
            try await withServer([CreditCommands.definition(of: other)]) { client in
                let done = try await CreditCommandsClient(client).bulkAdjustCredits(request, options) { responses in
                    var done: BulkAdjustDone?
                    for try await response in responses where response.event != nil { done = response.done }
                    return done
                }
                #expect(done?.succeeded == 10_000)
            }
            await engine.close()
            #expect(try await ledger.adjustments() == 10_000)
            #expect(try await ledger.balance(of: users[7]) == ["101", "0", "101"])
        }
    }

    @Test(arguments: modes)
    func `many lines are carried out while others go on, with progress`(mode: BulkMode) async throws {
        let count = 20_000
        try await withLedger { ledger in
            let users = try await ledger.users(2_000)
            let lines = (0..<count).map { "\(users[$0 * 7 % users.count]),0.5,line \($0)" }
            try await ledger.stage((["user_id,amount,reason"] + lines).joined(separator: "\r\n"), as: "big")
            let bystander = try await ledger.user()

            async let others: Void = {
                for _ in 0..<20 { try await ledger.adjust(bystander, by: "1") }
                for user in users.prefix(20) { try await ledger.adjust(user, by: "1") }
            }()
            let answer = try await ledger.bulk([], mode) {
                $0.fileID = "big"
                $0.listSuccesses = false
            }
            try await others

            #expect(answer.lines == [])
            #expect(answer.done?.succeeded == Int32(count))
            #expect(answer.done?.added == "\(count / 2)")
            #expect(answer.progress.count >= count / 1000)
            #expect(answer.progress.last?.written == Int32(count))
            #expect(try await ledger.adjustments() == Int64(count) + 40)
            #expect(try await ledger.balance(of: users[100]) == ["6", "0", "6"])
        }
    }

    @Test(arguments: modes)
    func `open holds are left alone, and those that have run out are freed`(mode: BulkMode) async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")
            _ = try await ledger.hold("4", of: user)

            #expect(try await ledger.bulk(["\(user),-7,r"], mode).summary == ["2 failed INSUFFICIENT_CREDITS"])
            try await ledger.letHoldsRunOut()
            #expect(try await ledger.bulk(["\(user),-7,r"], mode) { $0.dryRun = true }.summary == ["2 done"])
            #expect(try await ledger.bulk(["\(user),-7,r"], mode).summary == ["2 done"])

            #expect(try await ledger.balance(of: user) == ["3", "0", "3"])
            #expect(try await ledger.adjust(user, by: "-3").available == "0")
        }
    }

    @Test func `the answer as CSV can be opened in a spreadsheet`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()

            let answer = try await ledger.bulk(["\(user),-0.5,\"=1+1, \"\"x\"\"\"", "@SUM(A1),1,r"]) { $0.asCsv = true }

            #expect(
                answer.csv == """
                    line,user_id,amount,reason,state,code,message,balance_after\r
                    2,\(user),-0.5,"'=1+1, ""x""\",done,,,0.5\r
                    3,'@SUM(A1),1,r,failed,BAD_LINE,user_id is not a UUID.,\r

                    """
            )
            #expect(answer.lines == [])
        }
    }

    @Test(arguments: modes)
    func `a file of a header only does nothing`(mode: BulkMode) async throws {
        try await withLedger { ledger in
            let answer = try await ledger.bulk([], mode)

            #expect(answer.done?.lines == 0)
            #expect(answer.done?.applied == false)
        }
    }

    @Test(arguments: [
        ("", "1"), ("user_id,amount\n", "1"), ("user_id,amount,reason\nUSER,1,r\nUSER,1,a\0b\n", "3"),
        ("user_id,amount,reason\nUSER,1,r\r\n\"USER\n", "3"),
    ])
    func `a file that cannot be read is refused before anything is written`(text: String, line: String) async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            for mode in Self.modes {
                let error = await #expect(throws: Status.self) {
                    try await ledger.bulk([], mode) { $0.csv = text.replacing("USER", with: user.text) }
                }
                #expect(reason(error) == "BAD_FILE")
                #expect(error?.errorInfo?.metadata["line"] == line)
            }
            #expect(try await ledger.adjustments() == 0)
        }
    }

    @Test func `one line too many is refused before anything is written`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            let lines = Array(repeating: "\(user),1,r", count: 100_001)
            try await ledger.stage((["user_id,amount,reason"] + lines).joined(separator: "\n"), as: "big")

            let error = await #expect(throws: Status.self) { try await ledger.bulk([]) { $0.fileID = "big" } }

            #expect(reason(error) == "BAD_FILE")
            #expect(error?.errorInfo?.metadata["line"] == "100002")
            #expect(try await ledger.adjustments() == 0)
        }
    }

    @Test func `a request without mode, file or a fitting id is refused by field`() async throws {
        try await withLedger { ledger in
            let changes: [(String, (inout BulkAdjustCreditsRequest) -> Void)] = [
                ("mode", { $0.mode = .unspecified }), ("source", { $0.source = nil }),
                ("request_id", { $0.requestID = "" }), ("file_id", { $0.fileID = "a b" }),
            ]
            for (field, change) in changes {
                let error = await #expect(throws: Status.self) { try await ledger.bulk([], .bestEffort, change) }
                #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == [field])
            }
            let error = await #expect(throws: Status.self) { try await ledger.bulk([]) { $0.fileID = "absent" } }
            #expect(error?.code == .notFound)
        }
    }
}
