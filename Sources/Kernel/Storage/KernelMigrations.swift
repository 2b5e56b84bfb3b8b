package import Postgres

/// The tables that every context shares: journal and idempotency.
package enum KernelMigrations {
    package static let all = [
        Migration(
            context: "kernel",
            number: 1,
            name: "journal",
            sql: String(decoding: PackageResources._001_journal_sql, as: UTF8.self)
        )
    ]
}
