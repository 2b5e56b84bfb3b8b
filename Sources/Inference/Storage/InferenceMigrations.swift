package import Postgres

/// The tables of models and calls.
package enum InferenceMigrations {
    package static let all = [
        Migration(
            context: "inference",
            number: 1,
            name: "chat",
            sql: String(decoding: PackageResources._001_chat_sql, as: UTF8.self)
        )
    ]
}
