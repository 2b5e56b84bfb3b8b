import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct GetCreditReportTests {
    private static let ann = "00000000-0000-7000-8000-00000000000a"
    private static let ben = "00000000-0000-7000-8000-00000000000b"

    /// A ledger whose read models hold these movements: day, user, service, model, kind, in, out; in micro-credits.
    private func withReport(_ body: (Ledger) async throws -> Void) async throws {
        let movements: [(String, String, String, String, Int64, Int64, Int64)] = [
            ("2026-11-01", Self.ann, "", "", 1, 1_000_000, 0),
            ("2026-11-01", Self.ann, "chat", "gpt", 2, 0, 250_000),
            ("2026-11-01", Self.ben, "chat", "gpt", 2, 0, 500_000),
            ("2026-11-02", Self.ann, "chat", "claude", 2, 0, 1),
            ("2026-11-02", Self.ann, "video", "", 5, 0, 2_000_000),
            ("2026-11-03", Self.ben, "", "", 3, 3_000_000, 1_000_000),
        ]
        try await withLedger { ledger in
            for (day, user, service, model, kind, gained, lost) in movements {
                let values: [Parameter] = [
                    .text(day), .text(user), .text(service), .text(model), .int(kind), .int(gained), .int(lost),
                ]
                try await ledger.database.run(insertMovement, values)
            }
            try await body(ledger)
        }
    }

    private func report(
        _ ledger: Ledger,
        by keys: ReportKey...,
        size: Int32 = 0,
        filter: (inout GetCreditReportRequest) -> Void = { _ in }
    ) async throws -> [String] {
        var request = GetCreditReportRequest.with {
            $0.groupBy = keys
            $0.pageSize = size
        }
        filter(&request)
        var lines: [String] = []
        repeat {
            let page = try await ledger.queries.getCreditReport(request, CallOptions(as: ledger.administrator))
            #expect(size == 0 || page.rows.count <= Int(size))
            lines += page.rows.map { $0.line(request.groupBy) }
            request.pageToken = page.nextPageToken
        } while !request.pageToken.isEmpty
        return lines
    }

    @Test func `movements are grouped by each key alone`() async throws {
        try await self.withReport { (ledger) async throws in
            #expect(
                try await self.report(ledger, by: .day) == [
                    "2026-11-01 3 1 0.75", "2026-11-02 2 0 2.000001", "2026-11-03 1 3 1",
                ]
            )
            #expect(try await self.report(ledger, by: .user) == ["a 4 1 2.250001", "b 2 3 1.5"])
            #expect(
                try await self.report(ledger, by: .service) == ["- 2 4 1", "chat 3 0 0.750001", "video 1 0 2"]
            )
            #expect(try await self.report(ledger, by: .model) == ["- 3 4 3", "claude 1 0 0.000001", "gpt 2 0 0.75"])
            #expect(
                try await self.report(ledger, by: .kind) == [
                    "initial 1 1 0", "usage 3 0 0.750001", "adjustment 1 3 1", "deduction 1 0 2",
                ]
            )
        }
    }

    @Test func `several keys sort by day, user, service, model and kind, in whichever order they are given`()
        async throws
    {
        try await self.withReport { (ledger) async throws in
            let all = [
                "2026-11-01 a - - initial 1 1 0", "2026-11-01 a chat gpt usage 1 0 0.25",
                "2026-11-01 b chat gpt usage 1 0 0.5", "2026-11-02 a chat claude usage 1 0 0.000001",
                "2026-11-02 a video - deduction 1 0 2", "2026-11-03 b - - adjustment 1 3 1",
            ]

            #expect(try await self.report(ledger, by: .kind, .model, .service, .user, .day, .day) == all)
            #expect(try await self.report(ledger, by: .service, .user, .day).count == 6)
            #expect(
                try await self.report(ledger, by: .service, .user) == [
                    "a - 1 1 0", "a chat 2 0 0.250001", "a video 1 0 2", "b - 1 3 1", "b chat 1 0 0.5",
                ]
            )
            #expect(try await self.report(ledger, by: .model, .day).first == "2026-11-01 - 1 1 0")
        }
    }

    @Test func `filters leave out what they do not name, days included`() async throws {
        try await self.withReport { (ledger) async throws in
            #expect(
                try await self.report(ledger, by: .user) {
                    $0.fromDay = "2026-11-02"
                    $0.toDay = "2026-11-03"
                } == ["a 2 0 2.000001", "b 1 3 1"]
            )
            #expect(try await self.report(ledger, by: .day) { $0.userID = Self.ben }.count == 2)
            #expect(try await self.report(ledger, by: .service) { $0.userID = Self.ann }.count == 3)
            #expect(
                try await self.report(ledger, by: .user) { $0.service = "chat" } == ["a 2 0 0.250001", "b 1 0 0.5"]
            )
            #expect(try await self.report(ledger, by: .day) { $0.model = "gpt" } == ["2026-11-01 2 0 0.75"])
            #expect(try await self.report(ledger, by: .user) { $0.kind = .adjustment } == ["b 1 3 1"])
            // A user's other days have what the filters name.
            #expect(
                try await self.report(ledger, by: .user) {
                    $0.fromDay = "2026-11-02"
                    $0.service = "chat"
                } == ["a 1 0 0.000001"]
            )
            #expect(
                try await self.report(ledger, by: .user, .model) {
                    $0.toDay = "2026-11-02"
                    ($0.service, $0.kind) = ("chat", .usage)
                } == ["a claude 1 0 0.000001", "a gpt 1 0 0.25", "b gpt 1 0 0.5"]
            )
            #expect(
                try await self.report(ledger, by: .user) {
                    $0.fromDay = "2026-11-01"
                    $0.service = "unknown"
                } == []
            )
            #expect(try await self.report(ledger, by: .kind) { $0.fromDay = "2027-01-01" } == [])
            #expect(try await self.report(ledger, by: .day) { $0.service = "' OR true --" } == [])
        }
    }

    @Test(arguments: [1, 2, 5] as [Int32])
    func `pages hold every group once`(size: Int32) async throws {
        try await self.withReport { ledger in
            let keys: [[ReportKey]] = [
                [.day], [.user], [.service], [.user, .kind], [.day, .user, .service, .model, .kind],
            ]
            for keys in keys {
                let whole = try await self.report(ledger, by: keys)
                #expect(try await self.report(ledger, by: keys, size: size) == whole, "\(keys)")
            }
        }
    }

    @Test func `pages stay stable while movements arrive`() async throws {
        try await self.withReport { ledger in
            let options = CallOptions(as: ledger.administrator)
            var request = GetCreditReportRequest.with {
                $0.groupBy = [.day]
                $0.pageSize = 2
            }
            let first = try await ledger.queries.getCreditReport(request, options)
            for day in ["2026-10-01", "2026-11-02", "2026-11-04"] {
                let values: [Parameter] = [.text(day), .text(Self.ann), "", "", 1, 1_000_000, 0]
                try await ledger.database.run(insertMovement, values)
            }
            request.pageToken = first.nextPageToken

            let second = try await ledger.queries.getCreditReport(request, options)

            #expect(first.rows.map(\.day) == ["2026-11-01", "2026-11-02"])
            #expect(second.rows.map(\.day) == ["2026-11-03", "2026-11-04"])
        }
    }

    @Test func `the ledger's movements arrive, and the answer says up to when it is complete`() async throws {
        try await withLedger { ledger in
            let options = CallOptions(as: ledger.administrator)
            let request = GetCreditReportRequest.with { $0.groupBy = [.kind, .service] }
            let before = try await ledger.queries.getCreditReport(request, options)
            let user = try await ledger.user(owning: "10")
            _ = try await ledger.deduct("2.5", of: user)
            let written = try await ledger.now()
            try await ledger.projectReport()

            let after = try await ledger.queries.getCreditReport(request, options)

            #expect(!before.hasAsOf && before.rows.isEmpty)
            #expect(
                after.rows.map { $0.line(request.groupBy) } == [
                    "- initial 1 1 0", "- adjustment 1 9 0", "video deduction 1 0 2.5",
                ]
            )
            #expect(after.asOf.seconds * 1_000_000 + Int64(after.asOf.nanos) / 1000 >= written)
        }
    }

    /// What makes a good request bad, and the field to blame.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let field: String
        let request: GetCreditReportRequest

        init(_ field: String, _ spoil: (inout GetCreditReportRequest) -> Void) {
            var request = GetCreditReportRequest.with { $0.groupBy = [.day] }
            spoil(&request)
            self.field = field
            self.request = request
        }

        var testDescription: String { "\(self.field) of \(self.request)" }
    }

    static let mistakes = [
        Mistake("group_by") { $0.groupBy = [] },
        Mistake("group_by") { $0.groupBy = [.day, .unspecified] },
        Mistake("group_by") { $0.groupBy = [.UNRECOGNIZED(9)] },
        Mistake("from_day") { $0.fromDay = "2026-02-29" },
        Mistake("from_day") { $0.fromDay = "26-02-01" },
        Mistake("to_day") { $0.toDay = "2026-1-01" },
        Mistake("to_day") {
            $0.fromDay = "2026-02-02"
            $0.toDay = "2026-02-01"
        },
        Mistake("user_id") { $0.userID = "me" },
        Mistake("service") { $0.service = "a\0" },
        Mistake("model") { $0.model = String(repeating: "x", count: 257) },
        Mistake("kind") { $0.kind = .UNRECOGNIZED(99) },
        Mistake("page_size") { $0.pageSize = 501 },
        Mistake("page_size") { $0.pageSize = -1 },
        Mistake("page_token") { $0.pageToken = "nonsense" },
        Mistake("page_token") { $0.pageToken = "." },
        Mistake("page_token") { $0.pageToken = "MjAyNi0xMS0wMQ.AAAAAAAA" },
    ]

    @Test(arguments: mistakes)
    func `what is wrong is refused by its name`(mistake: Mistake) async throws {
        try await withLedger { ledger in
            let error = await #expect(throws: Status.self) {
                try await ledger.queries.getCreditReport(mistake.request, CallOptions(as: ledger.administrator))
            }

            #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == [mistake.field])
        }
    }

    @Test func `by user within days a page is never long, and all users come`() async throws {
        try await withLedger { ledger in
            try await ledger.database.run(
                """
                INSERT INTO report_day
                SELECT '2026-11-01', md5(n::text)::uuid, 'chat', 'gpt', 2, 1, 0, 1 FROM generate_series(1, 450) n
                """
            )
            let options = CallOptions(as: ledger.administrator)
            var request = GetCreditReportRequest.with {
                $0.groupBy = [.user]
                $0.fromDay = "2026-11-01"
                $0.pageSize = 500
            }
            var pages: [[String]] = []
            repeat {
                let page = try await ledger.queries.getCreditReport(request, options)
                pages.append(page.rows.map(\.userID))
                request.pageToken = page.nextPageToken
            } while !request.pageToken.isEmpty

            #expect(pages.map(\.count) == [200, 200, 50])
            #expect(Set(pages.joined()).count == 450)
        }
    }

    @Test func `a token belongs to its groups and filters`() async throws {
        try await self.withReport { ledger in
            let options = CallOptions(as: ledger.administrator)
            var request = GetCreditReportRequest.with {
                $0.groupBy = [.day]
                $0.pageSize = 1
            }
            request.pageToken = try await ledger.queries.getCreditReport(request, options).nextPageToken
            var others = [request, request, request]
            others[0].groupBy = [.service]
            others[1].service = "chat"
            others[2].toDay = "2026-11-02"
            for other in others {
                await #expect(throws: Status.self) { try await ledger.queries.getCreditReport(other, options) }
            }
        }
    }
}

extension GetCreditReportTests {
    private func report(_ ledger: Ledger, by keys: [ReportKey], size: Int32 = 0) async throws -> [String] {
        try await self.report(ledger, size: size) { $0.groupBy = keys }
    }
}

extension CreditReportRow {
    /// The keys of the report, the user by the last letter and an empty text by a dash; then the sums.
    fileprivate func line(_ keys: [ReportKey]) -> String {
        let names: [(ReportKey, String)] = [
            (.day, self.day), (.user, String(self.userID.suffix(1))), (.service, self.service), (.model, self.model),
            (.kind, "\(self.kind)"),
        ]
        let values = names.filter { keys.contains($0.0) }.map { $0.1.isEmpty ? "-" : $0.1 }
        return (values + ["\(self.movements)", self.creditsIn, self.creditsOut]).joined(separator: " ")
    }
}

/// Puts a movement into the three read models.
private let insertMovement: Statement = """
    WITH m AS (
        SELECT $1::date AS day, $2::uuid AS account, $3::text AS service, $4::text AS model, $5::smallint AS kind,
            $6::bigint AS gained, $7::bigint AS lost
    ), days AS (
        INSERT INTO report_day SELECT day, account, service, model, kind, 1, gained, lost FROM m
    ), totals AS (
        INSERT INTO report_total AS r SELECT day, service, model, kind, 1, gained, lost FROM m
        ON CONFLICT (day, service, model, kind) DO UPDATE SET movements = r.movements + 1,
            amount_in = r.amount_in + excluded.amount_in, amount_out = r.amount_out + excluded.amount_out
    )
    INSERT INTO report_account AS r SELECT account, service, model, kind, 1, gained, lost FROM m
    ON CONFLICT (account, service, model, kind) DO UPDATE SET movements = r.movements + 1,
        amount_in = r.amount_in + excluded.amount_in, amount_out = r.amount_out + excluded.amount_out
    """
