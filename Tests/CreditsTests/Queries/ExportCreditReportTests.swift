import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct ExportCreditReportTests {
    private func pieces(_ ledger: Ledger, _ request: ExportCreditReportRequest) async throws -> [String] {
        let options = CallOptions(as: ledger.administrator)
        return try await ledger.queries.exportCreditReport(request, options) { responses in
            var pieces: [String] = []
            for try await response in responses { pieces.append(response.csv) }
            return pieces
        }
    }

    @Test func `the whole report is CSV with a line of titles`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user(owning: "10")
            _ = try await ledger.deduct("2.5", of: user)
            try await ledger.projectReport()

            let pieces = try await self.pieces(ledger, .with { $0.groupBy = [.kind, .service, .user] })

            #expect(
                pieces.joined() == """
                    user_id,service,kind,movements,credits_in,credits_out\r
                    \(user.text),,initial,1,1,0\r
                    \(user.text),,adjustment,1,9,0\r
                    \(user.text),video,deduction,1,0,2.5\r

                    """
            )
        }
    }

    @Test func `a report of many groups comes in pieces of whole lines, each group once`() async throws {
        try await withLedger { ledger in
            try await ledger.database.run(
                """
                INSERT INTO report_total
                SELECT date '2020-01-01' + n, 'chat', 'gpt', 2, 1, 0, n FROM generate_series(1, 2500) n
                """
            )

            let pieces = try await self.pieces(ledger, .with { $0.groupBy = [.day] })

            let lines = pieces.joined().split(separator: "\r\n")
            #expect(pieces.count == 3)
            #expect(pieces.allSatisfy { $0.hasSuffix("\r\n") })
            #expect(lines.count == 2501)
            #expect(Set(lines).count == 2501)
            #expect(lines.last == "2026-11-05,1,0,0.0025")
        }
    }

    @Test func `a service that looks like a formula is harmless`() async throws {
        try await withLedger { ledger in
            try await ledger.database.run("INSERT INTO report_total VALUES ('2026-11-01', '=1+1', '', 2, 1, 0, 1)")

            let pieces = try await self.pieces(ledger, .with { $0.groupBy = [.service] })

            #expect(pieces.joined().split(separator: "\r\n").last == "'=1+1,1,0,0.000001")
        }
    }

    @Test func `what is wrong is refused before the first piece`() async throws {
        try await withLedger { ledger in
            let error = await #expect(throws: Status.self) {
                try await self.pieces(
                    ledger,
                    .with {
                        $0.groupBy = [.day]
                        $0.fromDay = "yesterday"
                    }
                )
            }

            #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["from_day"])
        }
    }
}
