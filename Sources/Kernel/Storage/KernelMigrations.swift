package import Postgres

/// The tables that every context shares: journal and idempotency.
package enum KernelMigrations {
    package static let all = [
        Migration(
            context: "kernel",
            number: 1,
            name: "journal",
            sql: String(decoding: PackageResources._001_journal_sql, as: UTF8.self)
        ),
        Migration(
            context: "kernel",
            number: 2,
            name: "chain",
            sql: String(decoding: PackageResources._002_chain_sql, as: UTF8.self)
        ),
    ]

    /// Tables whose rows nobody may change.
    package static let appendOnly = ["journal", "journal_chain"]
}
