package import Kernel
package import Postgres
import Synchronization

/// Checks that the books are right, by SQL that shares nothing with the code that writes them, and by the journal's chain.
/// Reads one snapshot, so it can run beside everything else and blocks nobody.
package struct LedgerCheck: Sendable {
    /// What must hold at any moment.
    package struct Rule: Sendable {
        /// The invariants that it stands for, and what it looks at, such as `I2 I9 steps`.
        package let name: String
        /// What must hold, as a sentence.
        package let claim: String
        /// How many things the rule speaks of.
        let counted: String
        /// A text for each thing that breaks it.
        let broken: String
    }

    /// What one rule has shown.
    package struct Finding: Sendable {
        package let rule: Rule
        /// How many things were checked.
        package let count: Int64
        /// Those that break the rule, at most `limit` of them.
        package let broken: [String]
        /// Of the rule about the journal's chain only.
        package var chain: JournalChain.Verification?
    }

    /// Most things that break a rule and are named.
    package static let limit = 20

    /// The configuration for a check of many millions of entries: one statement may take an hour.
    package static func patient(_ database: DatabaseConfiguration) -> DatabaseConfiguration {
        var settings = database
        settings.pipelined = 1
        // The second calls off what the first is at.
        settings.transactional = 2
        settings.statementTimeout = .seconds(3600)
        settings.applicationName = "\(database.applicationName) audit"
        return settings
    }

    /// Checks all rules on one snapshot. A cancelled check ends at once.
    ///
    /// - Parameters:
    ///   - database: Where the ledger is. A large one needs `patient` settings.
    ///   - pin: A link of the journal's chain that was kept outside; the chain is checked from there on.
    ///   - report: Is told of each rule when it is done.
    /// - Returns: What each rule has shown.
    /// - Throws: What the database throws.
    @discardableResult
    package static func run(
        on database: Database,
        from pin: JournalChain.Pin? = nil,
        report: @escaping @Sendable (Finding) -> Void = { _ in }
    ) async throws -> [Finding] {
        let caller = Caller()
        return try await withTaskCancellationHandler {
            try await database.write { transaction in
                try transaction.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                // Sorts of all entries that fit better; each of them has at most two helpers.
                try transaction.run("SET LOCAL work_mem = '128MB'")
                caller.waits(for: try transaction.first("SELECT pg_backend_pid()") { row in try row.int(0) })
                let findings = try self.rules.map { rule in
                    try caller.check()
                    let finding = try self.check(rule, in: transaction)
                    report(finding)
                    return finding
                }
                let chain = try self.checkChain(from: pin, in: transaction) { try caller.check() }
                report(chain)
                return findings + [chain]
            }
        } onCancel: {
            guard let backend = caller.leave() else { return }
            // What runs at this moment may take minutes more.
            database.schedule { connection in
                _ = try? connection.first(cancelBackend, [.int(backend)]) { row in try row.bool(0) }
            } failure: { _ in
            }
        }
    }

    /// The broken rules, each with what breaks it; empty when the books are right.
    package static func violations(in database: Database) async throws -> [String] {
        try await self.run(on: database).flatMap { finding in
            finding.broken.map { "\(finding.rule.name) \(finding.rule.claim): \($0)" }
        }
    }

    private static func check(_ rule: Rule, in transaction: borrowing Transaction) throws -> Finding {
        let count = try transaction.first(Statement(rule.counted)) { row in try row.int(0) } ?? 0
        let broken = try transaction.rows(
            Statement("SELECT * FROM (\(rule.broken)) broken LIMIT \(self.limit)")
        ) { row in try row.text(0) }
        return Finding(rule: rule, count: count, broken: broken)
    }

    private static func checkChain(
        from pin: JournalChain.Pin?,
        in transaction: borrowing Transaction,
        progress: () throws -> Void
    ) throws -> Finding {
        let chain = try JournalChain.verify(in: transaction, from: pin, progress: progress)
        return Finding(
            rule: self.chainRule,
            count: chain.checked,
            broken: chain.breaks.map(\.description),
            chain: chain
        )
    }

    /// Who waits for the check, and where it runs.
    private final class Caller: Sendable {
        private let state = Mutex<(isGone: Bool, backend: Int64?)>((false, nil))

        func waits(for backend: Int64?) { self.state.withLock { $0.backend = backend } }

        /// Calls the check off; answers where it runs.
        func leave() -> Int64? {
            self.state.withLock { state in
                state.isGone = true
                return state.backend
            }
        }

        func check() throws {
            if self.state.withLock(\.isGone) { throw CancellationError() }
        }
    }
}

private let cancelBackend = Statement("SELECT pg_cancel_backend($1::integer)")
