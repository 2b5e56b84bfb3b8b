import CPostgres
import Glibc

/// A caller's connection string between what it may override and what it may not.
struct ConnectionString {
    private let settings: [(keyword: String, value: String)]

    init(_ configuration: DatabaseConfiguration) {
        self.settings = [
            ("connect_timeout", String(max(2, configuration.connectTimeout.components.seconds))),
            ("fallback_application_name", configuration.applicationName),
            ("keepalives", "1"),
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
            ("dbname", configuration.connection),  // libpq expands a whole connection string here
            ("client_encoding", "UTF8"),
        ]
    }

    /// Blocks until connected or refused; the caller owns the connection, whose status tells which. Nil: out of memory.
    func connect() -> OpaquePointer? {
        let keywords = self.settings.map { strdup($0.keyword) }
        let values = self.settings.map { strdup($0.value) }
        defer { (keywords + values).forEach { free($0) } }
        return PQconnectdbParams(
            keywords.map { UnsafePointer($0) } + [nil],
            values.map { UnsafePointer($0) } + [nil],
            1
        )
    }
}
