import Contract
import Credits
import Foundation
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf

/// What a bulk run has answered.
struct BulkAnswer: Sendable {
    var progress: [BulkProgress] = []
    var lines: [BulkLine] = []
    var csv = ""
    var done: BulkAdjustDone?

    /// Such as `3 failed INSUFFICIENT_CREDITS`.
    var summary: [String] {
        self.lines.map { line in
            ["\(line.line)", "\(line.state)", line.code].filter { !$0.isEmpty }.joined(separator: " ")
        }
    }
}

extension Ledger {
    /// Opens accounts that own 1 credit each.
    func users(_ count: Int) async throws -> [UUID] {
        let users = (0..<count).map { _ in UUID.v7() }
        try await self.database.write { transaction in
            for user in users { try CreditsService.openAccount(transaction, for: user) }
        }
        return users
    }

    /// Adjusts what the lines say, each of which is user, amount and reason.
    func bulk(
        _ lines: [String],
        _ mode: BulkMode = .bestEffort,
        requestID: String = UUID.v7().text,
        _ change: (inout BulkAdjustCreditsRequest) -> Void = { _ in }
    ) async throws -> BulkAnswer {
        var request = BulkAdjustCreditsRequest.with {
            $0.requestID = requestID
            $0.mode = mode
            $0.csv = (["user_id,amount,reason"] + lines).joined(separator: "\n")
            $0.listSuccesses = true
        }
        change(&request)
        return try await self.commands.bulkAdjustCredits(request, CallOptions(as: self.administrator)) { responses in
            var answer = BulkAnswer()
            for try await response in responses {
                switch response.event {
                case .progress(let progress): answer.progress.append(progress)
                case .line(let line): answer.lines.append(line)
                case .csv(let text): answer.csv += text
                case .done(let done): answer.done = done
                case nil: break
                }
            }
            return answer
        }
    }

    /// Stages a file in pieces.
    func stage(_ text: String, as name: String, piece: Int = 1 << 20) async throws {
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            _ = try await self.stage(Array(bytes[start..<min(start + piece, bytes.count)]), at: start, of: name)
        }
    }

    func stage(_ bytes: [UInt8], at start: Int, of name: String) async throws -> Int {
        let request = StageBulkFileRequest.with {
            $0.fileID = name
            $0.offset = Int32(start)
            $0.data = Data(bytes)
        }
        return Int(try await self.commands.stageBulkFile(request, CallOptions(as: self.administrator)).size)
    }

    /// How many adjustments were written.
    func adjustments() async throws -> Int64 {
        try await self.database.first("SELECT count(*) FROM entry WHERE kind = 3") { row in try row.int(0) } ?? 0
    }
}
