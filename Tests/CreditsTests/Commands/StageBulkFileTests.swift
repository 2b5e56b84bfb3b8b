import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct StageBulkFileTests {
    @Test func `pieces make a file, and an upload that broke off goes on`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            let bytes = Array("user_id,amount,reason\n\(user),1,r\n".utf8)

            #expect(try await ledger.stage([], at: 0, of: "f") == 0)
            #expect(try await ledger.stage(Array(bytes[..<10]), at: 0, of: "f") == 10)
            #expect(try await ledger.stage(Array(bytes[10..<30]), at: 10, of: "f") == 30)
            #expect(try await ledger.stage([], at: 0, of: "f") == 30)
            // A repeat, cut otherwise.
            #expect(try await ledger.stage(Array(bytes[5..<25]), at: 5, of: "f") == 30)
            #expect(try await ledger.stage(Array(bytes[30...]), at: 30, of: "f") == bytes.count)

            #expect(try await ledger.bulk([]) { $0.fileID = "f" }.summary == ["2 done"])
        }
    }

    @Test func `a gap and other bytes are refused`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.stage([1, 2, 3], at: 0, of: "f")

            let gap = await #expect(throws: Status.self) { try await ledger.stage([5], at: 4, of: "f") }
            #expect(reason(gap) == "GAP")
            #expect(gap?.errorInfo?.metadata["size"] == "3")
            for (bytes, start) in [([1, 2, 4], 0), ([3, 4], 2)] as [([UInt8], Int)] {
                let error = await #expect(throws: Status.self) { try await ledger.stage(bytes, at: start, of: "f") }
                #expect(error?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["data"])
            }
            let negative = await #expect(throws: Status.self) { try await ledger.stage([1], at: -1, of: "f") }
            #expect(negative?.code == .invalidArgument)
        }
    }

    @Test func `a file is its owner's alone`() async throws {
        try await withLedger { ledger in
            try await ledger.stage("user_id,amount,reason\n", as: "f")
            let request = BulkAdjustCreditsRequest.with {
                $0.requestID = "x"
                $0.mode = .bestEffort
                $0.fileID = "f"
            }

            let error = await #expect(throws: Status.self) {
                try await ledger.commands.bulkAdjustCredits(request, CallOptions(as: UUID.v7())) { responses in
                    for try await _ in responses {}
                }
            }

            #expect(error?.code == .notFound)
        }
    }

    @Test func `a caller has so many files, and those of yesterday go away`() async throws {
        try await withLedger { ledger in
            for number in 0..<16 { _ = try await ledger.stage([1], at: 0, of: "f\(number)") }
            let error = await #expect(throws: Status.self) { try await ledger.stage([1], at: 0, of: "more") }
            #expect(reason(error) == "TOO_LARGE")

            try await ledger.database.run("UPDATE bulk_file SET at = at - interval '25 hours' WHERE name <> 'f3'")
            #expect(try await !ledger.service.deleteOldFiles(limit: 8))
            #expect(try await ledger.service.deleteOldFiles(limit: 8))

            #expect(try await ledger.stage([1], at: 0, of: "more") == 1)
            let left = try await ledger.database.rows("SELECT name FROM bulk_piece ORDER BY name") { row in
                try row.text(0)
            }
            #expect(left == ["f3", "more"])
        }
    }

    @Test func `files whose run has ended make room, and a repeat is answered from them until then`() async throws {
        try await withLedger { ledger in
            let user = try await ledger.user()
            let text = "user_id,amount,reason\n\(user),1,r\n"
            var answers: [String] = []
            for number in 0..<17 {
                try await ledger.stage(number == 2 ? "nonsense" : text, as: "f\(number)")
                let answer = try? await ledger.bulk([], requestID: "f\(number)") {
                    $0.fileID = "f\(number)"
                    $0.dryRun = number == 1
                }
                answers.append(answer?.done == nil ? "refused" : "done")
                guard number == 15 else { continue }
                #expect(try await ledger.bulk([], requestID: "f0") { $0.fileID = "f0" }.summary == ["2 done"])
            }
            #expect(Set(answers.indices.filter { answers[$0] == "refused" }) == [2])
            let gone = await #expect(throws: Status.self) {
                try await ledger.bulk([], requestID: "f0") { $0.fileID = "f0" }
            }
            #expect(gone?.code == .notFound)

            try await ledger.stage(text, as: "f0")
            let again = try await ledger.bulk([], requestID: "f0") { $0.fileID = "f0" }

            #expect(again.lines.map(\.balanceAfter) == ["2"])
            #expect(try await ledger.adjustments() == 15)
        }
    }

    @Test func `a file has so many bytes`() async throws {
        try await withLedger { ledger in
            let piece = [UInt8](repeating: 0x61, count: 1 << 20)
            for number in 0..<32 { _ = try await ledger.stage(piece, at: number << 20, of: "f") }

            let error = await #expect(throws: Status.self) { try await ledger.stage([1], at: 32 << 20, of: "f") }
            #expect(reason(error) == "TOO_LARGE")
            let large = await #expect(throws: Status.self) { try await ledger.stage(piece + [1], at: 0, of: "g") }
            #expect(large?.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["data"])
        }
    }
}
