import Contract
import Foundation
import Kernel
import Postgres
import RPC
import SwiftProtobuf

extension CreditsService {
    /// Decides on all lines in their order, as if each had been carried out before the next. `writes` says whether to write
    /// them in the same transaction, unless one fails; else nothing is written.
    func decideAll(_ run: BulkRun, writes: Bool, _ answers: inout BulkAnswers) async throws {
        let board = BulkBoard(lines: run.count)
        let orders = try await BulkReader.all(run.source)
        let current = answers
        let ending = try await reporting {
            try await current.report(board.now)
        } while: {
            try await self.ledger.database.write { transaction in
                try writes
                    ? run.carryOut(orders, in: transaction, board)
                    : run.tryOut(orders, in: transaction, board)
            }
        }
        switch ending {
        case .earlier(let done): try await self.repeatAnswers(of: run, done, &answers)
        case .now(let outcomes, let done):
            for start in stride(from: 0, to: orders.count, by: BulkAnswers.stride) {
                let share = start..<min(start + BulkAnswers.stride, orders.count)
                try await answers.add(orders[share], outcomes[share])
                try await answers.report(board.now)
            }
            try await answers.finish(done)
        }
    }
}

/// How a run of all lines together has ended.
private enum JointEnding: Sendable {
    case now([BulkOutcome], BulkAdjustDone)
    /// A repeat of it was faster.
    case earlier(BulkAdjustDone)
}

extension BulkRun {
    /// Decides on one snapshot and writes nothing.
    fileprivate func tryOut(
        _ orders: [BulkOrder],
        in transaction: borrowing Transaction,
        _ board: BulkBoard
    ) throws -> JointEnding {
        try transaction.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        let commands = orders.map(self.command)
        let draft = try JointDraft(commands.compactMap(\.self), in: transaction, excludesOthers: false)
        let decided = Self.outcomes(orders, commands, draft.results())
        board.decided(decided)
        let outcomes = self.mode == .allOrNothing ? decided.allOrNothing : decided
        return .now(outcomes, self.totals(orders, outcomes).done(self, isDry: true))
    }

    /// Writes all, or nothing but the refusals.
    fileprivate func carryOut(
        _ orders: [BulkOrder],
        in transaction: borrowing Transaction,
        _ board: BulkBoard
    ) throws -> JointEnding {
        let commands = orders.map(self.command)
        let sent = commands.compactMap(\.self)
        let draft = try JointDraft(sent, in: transaction, excludesOthers: true)
        // Behind the locks: a repeat of this run that was under way has ended.
        if let done = try self.claim(in: transaction) { return .earlier(done) }
        let results = draft.results()
        let outcomes = Self.outcomes(orders, commands, results).allOrNothing
        board.decided(outcomes)
        if outcomes.contains(where: \.isFailure) {
            try StoredRefusal.put(zip(sent, results), in: transaction)
        } else {
            try draft.write(in: transaction) { board.wrote($0) }
        }
        let done = self.totals(orders, outcomes).done(self, isDry: false)
        return .now(outcomes, try self.conclude(done, in: transaction))
    }

    private static func outcomes(
        _ orders: [BulkOrder],
        _ commands: [LedgerCommand?],
        _ results: [Result<Entry, Status>]
    ) -> [BulkOutcome] {
        var results = results.makeIterator()
        return zip(orders, commands).map { order, command in
            guard command != nil, let result = results.next() else { return BulkOutcome(fault: order.fault) }
            return BulkOutcome(result)
        }
    }

    private func totals(_ orders: [BulkOrder], _ outcomes: [BulkOutcome]) -> BulkTotals {
        var totals = BulkTotals()
        for (order, outcome) in zip(orders, outcomes) { totals.add(order, outcome) }
        return totals
    }
}
