package import Postgres

/// The tables of accounts, roles and sessions.
package enum IdentityMigrations {
    package static let all = [
        Migration(
            context: "identity",
            number: 1,
            name: "accounts",
            sql: String(decoding: PackageResources._001_accounts_sql, as: UTF8.self)
        ),
        Migration(
            context: "identity",
            number: 2,
            name: "contract",
            sql: String(decoding: PackageResources._002_contract_sql, as: UTF8.self)
        ),
    ]
}
