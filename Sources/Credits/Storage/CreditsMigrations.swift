package import Postgres

/// The tables of the ledger.
package enum CreditsMigrations {
    package static let all = [
        Migration(
            context: "credits",
            number: 1,
            name: "ledger",
            sql: String(decoding: PackageResources._001_ledger_sql, as: UTF8.self)
        ),
        Migration(
            context: "credits",
            number: 2,
            name: "entries",
            sql: String(decoding: PackageResources._002_entries_sql, as: UTF8.self)
        ),
        Migration(
            context: "credits",
            number: 3,
            name: "promotions",
            sql: String(decoding: PackageResources._003_promotions_sql, as: UTF8.self)
        ),
        Migration(
            context: "credits",
            number: 4,
            name: "house",
            sql: String(decoding: PackageResources._004_house_sql, as: UTF8.self)
        ),
        Migration(
            context: "credits",
            number: 5,
            name: "bulk",
            sql: String(decoding: PackageResources._005_bulk_sql, as: UTF8.self)
        ),
        Migration(
            context: "credits",
            number: 6,
            name: "report",
            sql: String(decoding: PackageResources._006_report_sql, as: UTF8.self)
        ),
        Migration(
            context: "credits",
            number: 7,
            name: "refusals",
            sql: String(decoding: PackageResources._007_refusals_sql, as: UTF8.self)
        ),
        Migration(
            context: "credits",
            number: 8,
            name: "background",
            sql: String(decoding: PackageResources._008_background_sql, as: UTF8.self)
        ),
        Migration(
            context: "credits",
            number: 9,
            name: "columns",
            sql: String(decoding: PackageResources._009_columns_sql, as: UTF8.self)
        ),
        Migration(
            context: "credits",
            number: 10,
            name: "posting",
            sql: String(decoding: PackageResources._010_posting_sql, as: UTF8.self)
        ),
    ]

    /// Tables whose rows nobody may change.
    package static let appendOnly = ["entry", "refusal"]
}
