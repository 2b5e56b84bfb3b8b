import Contract
import Foundation
import Kernel
import Postgres
import RPC

extension CreditsService {
    /// Carries out each line for itself. Lines that were carried out before get the answer that they had.
    func carryOutEach(_ run: BulkRun, _ answers: inout BulkAnswers) async throws {
        let board = BulkBoard(lines: run.count)
        var reader = BulkReader(run.source)
        var written = 0
        while case let orders = try await reader.next(atMost: BulkAnswers.stride), !orders.isEmpty {
            let current = answers
            let outcomes = try await reporting {
                try await current.report(board.now)
            } while: {
                try await self.ledger.outcomes(of: orders, run)
            }
            written += outcomes.count { !$0.isFailure }
            board.decided(outcomes)
            board.wrote(written)
            try await answers.add(orders, outcomes)
            try await answers.report(board.now)
        }
        let done = answers.totals.done(run, isDry: false)
        let kept = try await self.database.write { try run.conclude(done, in: $0) }
        try await answers.finish(kept)
    }
}

extension LedgerEngine {
    /// How often a full queue is tried, 0.2 s apart.
    private static let tries = 50

    /// Carries out some lines.
    ///
    /// - Throws: What leaves the outcome of a line open; the run must be repeated then.
    fileprivate func outcomes(of orders: [BulkOrder], _ run: BulkRun) async throws -> [BulkOutcome] {
        let commands = orders.map(run.command)
        var results: [UUID: Result<Entry, Status>] = [:]
        var left = commands.compactMap(\.self)
        for attempt in 1... {
            for (command, result) in zip(left, try await self.post(left)) {
                results[command.id] = try result.settled
            }
            left = left.filter { results[$0.id] == nil }
            if left.isEmpty { break }
            guard attempt < Self.tries else { throw Status.ledgerBusy }
            try await Task.sleep(for: .milliseconds(200))
        }
        return zip(orders, commands).map { order, command in
            command.flatMap { results[$0.id] }.map(BulkOutcome.init) ?? BulkOutcome(fault: order.fault)
        }
    }
}

extension Result<Entry, any Error> {
    /// The final answer; `nil` when the ledger was too busy to take the command.
    ///
    /// - Throws: What leaves the outcome open.
    fileprivate var settled: Result<Entry, Status>? {
        get throws {
            switch self {
            case .success(let entry): return .success(entry)
            case .failure(let status as Status) where status.errorInfo?.reason == "BUSY": return nil
            case .failure(let status as Status) where status.code != .internal: return .failure(status)
            case .failure(let error): throw error
            }
        }
    }
}
