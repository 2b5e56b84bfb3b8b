package import Contract
import Foundation
import Kernel
import Logging
import Postgres
package import RPC

extension CreditsService {
    /// Adjusts the credits of many users, as a CSV file says.
    package func bulkAdjustCredits(
        _ request: BulkAdjustCreditsRequest,
        _ responses: ResponseStream<BulkAdjustCreditsResponse>,
        _ call: CallContext
    ) async throws {
        let caller = try call.principal.userID
        let requestID = try RequestID(request.requestID).text
        guard [.bestEffort, .allOrNothing].contains(request.mode) else {
            throw Status.invalid(field: "mode", "must be BULK_MODE_BEST_EFFORT or BULK_MODE_ALL_OR_NOTHING")
        }
        try await self.bulkPlaces.occupying {
            // To read a file and to decide on its lines takes too long for the event loop that the call is on.
            try await withTaskExecutorPreference(globalConcurrentExecutor) {
                let source = try await self.source(of: request, caller)
                do {
                    try await self.run(request, as: requestID, of: caller, source, responses)
                } catch let refusal as Status where refusal.code == .invalidArgument {
                    // Sent again, it would be refused again.
                    await self.release(source, call)
                    throw refusal
                }
                await self.release(source, call)
            }
        }
    }

    /// Tells that nobody needs a file any more. All is answered: to fail now would say otherwise.
    private func release(_ source: BulkSource, _ call: CallContext) async {
        do {
            try await source.release()
        } catch {
            call.logger.warning("a staged file is kept for another day", metadata: ["error": "\(error)"])
        }
    }

    private func run(
        _ request: BulkAdjustCreditsRequest,
        as requestID: String,
        of caller: UUID,
        _ source: BulkSource,
        _ responses: ResponseStream<BulkAdjustCreditsResponse>
    ) async throws {
        // Whatever makes the file unreadable shows before the first line is carried out.
        let count = try await BulkReader.count(source)
        let run = BulkRun(caller: caller, requestID: requestID, mode: request.mode, source: source, count: count)
        var answers = BulkAnswers(request, responses)
        if request.dryRun {
            try await self.decideAll(run, writes: false, &answers)
        } else if let done = try await self.database.write({ try run.claim(in: $0) }) {
            try await self.repeatAnswers(of: run, done, &answers)
        } else if run.mode == .allOrNothing {
            try await self.decideAll(run, writes: true, &answers)
        } else {
            try await self.carryOutEach(run, &answers)
        }
    }

    private func source(of request: BulkAdjustCreditsRequest, _ caller: UUID) async throws -> BulkSource {
        switch request.source {
        case .csv(let text): BulkSource(text)
        case .fileID(let name): try await BulkSource(self.database, owner: caller, name: try bulkFileID(name))
        case nil: throw Status.invalid(field: "source", "is required: give file_id or csv")
        }
    }

    /// Answers a run that has ended before: the same of every line.
    func repeatAnswers(of run: BulkRun, _ done: BulkAdjustDone, _ answers: inout BulkAnswers) async throws {
        let board = BulkBoard(lines: run.count)
        var reader = BulkReader(run.source)
        while case let orders = try await reader.next(atMost: BulkAnswers.stride), !orders.isEmpty {
            let commands = orders.map(run.command)
            let earlier = try await self.ledger.answers(to: commands.compactMap(\.self))
            let outcomes = zip(orders, commands).map { order, command in
                guard let command else { return BulkOutcome(fault: order.fault) }
                return earlier[command].map { BulkOutcome($0.result(for: command)) } ?? .leftOut
            }
            board.decided(outcomes)
            try await answers.add(orders, outcomes)
            board.wrote(answers.totals.succeeded)
            try await answers.report(board.now)
        }
        try await answers.finish(done)
    }
}
