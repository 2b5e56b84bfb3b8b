import Foundation
package import Logging
package import Postgres
import Synchronization

/// Writes the ledger. Commands that wait at the same moment are decided in their order and written as one transaction; each
/// gets its own answer after the commit. An idle ledger writes at once.
///
/// Every account belongs to one of a few lanes, and each lane writes on a connection of its own. Any number of processes
/// may write the same accounts: a lane's postings are numbered, and who comes second with a number decides again.
package final class LedgerEngine: Sendable {
    /// How the ledger is written.
    package struct Configuration: Sendable {
        /// Most commands that wait in one lane, besides those that are written or decided ahead; the next one is refused.
        package var queueLimit = 16_384
        /// Most commands of one transaction.
        package var batchLimit = 1024
        /// Longest time that a command is tried while the database is away.
        package var patience: Duration = .seconds(10)
        /// Most accounts and open holds that a lane remembers, and most answers; twice as many for a while.
        package var memoryLimit = 100_000

        package init() {}
    }

    let database: Database
    private let configuration: Configuration
    /// What checks it.
    let audit: LedgerAudit
    private let lanes = Mutex<Lanes?>(nil)
    /// Of the holds that were placed here of late.
    let identities: Mutex<TwoGenerations<UUID, HoldIdentity>>

    /// - Parameters:
    ///   - database: Where the ledger is. The engine makes connections of its own, one for each lane.
    ///   - configuration: Its bounds.
    ///   - logger: Told of connections that fail.
    package init(
        _ database: DatabaseConfiguration,
        configuration: Configuration = Configuration(),
        logger: Logger
    ) {
        var settings = database
        settings.pipelined = 1
        settings.transactional = 8
        settings.statementTimeout = .seconds(30)
        // Longer than anybody may keep a lane for himself.
        settings.lockTimeout = .seconds(25)
        // To plan anew takes as long as to write.
        settings.looksUpByKeys = true
        settings.applicationName = "\(database.applicationName) ledger"
        self.database = Database(settings, logger: logger)
        self.audit = LedgerAudit(database, logger: logger)
        self.configuration = configuration
        self.identities = Mutex(TwoGenerations(limit: configuration.memoryLimit))
    }

    /// Carries out a command, once for each id.
    ///
    /// - Returns: The entry that answers it, of this time or of the first.
    /// - Throws: `Status` when it is refused, `INVALID_ARGUMENT` with reason `REQUEST_ID_REUSED` when its id belongs to
    ///   another request, `RESOURCE_EXHAUSTED` when too many wait; `PostgresError` when the database is away.
    package func post(_ command: LedgerCommand) async throws -> Entry {
        let entry = try await self.lane(of: command.account).post(command)
        if entry.kind == .holdPlaced {
            let identity = HoldIdentity(account: entry.account, amount: entry.held)
            self.identities.withLock { $0.insert(identity, for: entry.id) }
        }
        return entry
    }

    /// Refuses new commands, fails those that wait, and closes the connections.
    package func close() async {
        await self.database.close()
    }

    private func lane(of account: UUID) async throws -> Lane {
        let lanes = try await self.allLanes()
        return lanes[account.lane(among: lanes.count)]
    }

    /// All lanes, in their order; the database is asked once, however many ask at the same time.
    func allLanes() async throws -> [Lane] {
        let lanes = self.lanes.withLock { lanes in
            if let lanes { return lanes }
            let asked = Lanes.asked(Task { try await self.makeLanes() })
            lanes = asked
            return asked
        }
        switch lanes {
        case .asked(let answer): return try await answer.value
        case .known(let lanes): return lanes
        }
    }

    private func makeLanes() async throws -> [Lane] {
        do {
            let count = try await self.database.first("SELECT lanes FROM ledger_setting") { row in try row.int(0) }
            let lanes = (0..<Int16(count ?? 1)).map { Lane($0, database: self.database, self.configuration) }
            self.lanes.withLock { $0 = .known(lanes) }
            return lanes
        } catch {
            self.lanes.withLock { $0 = nil }
            throw error
        }
    }
}

/// How much a process knows of the ledger's lanes.
private enum Lanes {
    case asked(Task<[Lane], any Error>)
    case known([Lane])
}

extension UUID {
    /// The lane that an account belongs to, of so many.
    func lane(among count: Int) -> Int { Int(self.laneHash % UInt64(count)) }

    /// Spreads accounts over lanes: the half of a version 7 identifier that is random.
    private var laneHash: UInt64 {
        withUnsafeBytes(of: self.uuid) { $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian }
    }
}
