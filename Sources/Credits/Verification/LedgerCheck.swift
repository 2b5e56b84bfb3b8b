package import Postgres

/// Checks that the books are right, by SQL that shares nothing with the code that writes them. Reads one snapshot, so it can
/// run beside everything else and blocks nobody.
package struct LedgerCheck: Sendable {
    /// What must hold at any moment.
    package struct Rule: Sendable {
        /// The invariants that it stands for, such as `I2`.
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
    }

    /// Most things that break a rule and are named.
    package static let limit = 20

    /// Checks all rules on one snapshot.
    ///
    /// - Parameters:
    ///   - database: Where the ledger is.
    ///   - report: Is told of each rule when it is done.
    /// - Returns: What each rule has shown.
    /// - Throws: What the database throws.
    package static func run(
        on database: Database,
        report: @escaping @Sendable (Finding) -> Void = { _ in }
    ) async throws -> [Finding] {
        try await database.write { transaction in
            try transaction.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try transaction.run("SET LOCAL statement_timeout = 0")
            return try self.rules.map { rule in
                let count = try transaction.first(Statement(rule.counted)) { row in try row.int(0) } ?? 0
                let broken = try transaction.rows(
                    Statement("SELECT * FROM (\(rule.broken)) broken LIMIT \(self.limit)")
                ) { row in try row.text(0) }
                let finding = Finding(rule: rule, count: count, broken: broken)
                report(finding)
                return finding
            }
        }
    }

    /// The broken rules, each with what breaks it; empty when the books are right.
    package static func violations(in database: Database) async throws -> [String] {
        try await self.run(on: database).flatMap { finding in
            finding.broken.map { "\(finding.rule.name) \(finding.rule.claim): \($0)" }
        }
    }
}
