import Foundation
import Kernel
import Postgres

extension Batch {
    /// Sees to it that the next try, if there is one, knows better.
    mutating func recover(
        from error: any Error,
        on connection: borrowing Connection,
        _ memory: inout LaneMemory
    ) {
        guard let error = error as? PostgresError else {
            return self.failAll(PostgresError(.decoding, "\(error)"))
        }
        if error.sqlState == "LG001" {
            // A hold ran out while its number was waited for: the next decision knows.
        } else if error.isOvertakenRedemption, self.overtakings < overtakingLimit {
            // The codes are read again, and the decision says who gets nothing.
            self.overtakings += 1
        } else if error.violatesConstraint {
            self.sort(out: error, on: connection, &memory)
        } else if error.isTransient {
            self.postpone(error, connection.isBroken)
        } else {
            self.failAll(error)
        }
    }

    /// A constraint did not hold: some command has its answer already, or cannot be written at all. Nobody else suffers.
    private mutating func sort(
        out error: PostgresError,
        on connection: borrowing Connection,
        _ memory: inout LaneMemory
    ) {
        do {
            let before = self.pending.count
            try self.loadAnswers(on: connection, &memory)
            self.answerRepeats(memory)
            guard self.pending.count == before else { return }
        } catch {
            return self.postpone(error as? PostgresError ?? PostgresError(.decoding, "\(error)"), connection.isBroken)
        }
        guard self.pending.count > 1 else { return self.failAll(error) }
        var left: [PendingCommand] = []
        for pending in self.pending {
            var single = Batch([pending], lane: self.lane)
            single.runAlone(on: connection, &memory)
            left += single.pending
        }
        self.pending = left
    }

    /// Keeps those whose time has not run out for another try.
    private mutating func postpone(_ error: PostgresError, _ isBroken: Bool) {
        self.isPostponed = true
        let now = ContinuousClock.now
        self.pending = self.pending.compactMap { pending in
            guard now < pending.deadline else {
                pending.fail(error)
                return nil
            }
            var pending = pending
            pending.wasTried = pending.wasTried || error.mayHaveExecuted
            return pending
        }
        // The server is there but cannot: not as fast as it refuses.
        if !isBroken, !self.pending.isEmpty { Thread.sleep(forTimeInterval: 0.02) }
    }

    private mutating func failAll(_ error: PostgresError) {
        for pending in self.pending { pending.fail(error) }
        self.pending = []
    }
}

/// How often others may be faster with a code before the commands are tried one by one, and each one fails.
private let overtakingLimit = 8

extension PostgresError {
    /// Class 23: what was to be written contradicts what is there.
    fileprivate var violatesConstraint: Bool { self.kind == .server && self.sqlState.hasPrefix("23") }
}
