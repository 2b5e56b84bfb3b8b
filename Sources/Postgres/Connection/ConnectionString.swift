import CPostgres
import Glibc

/// A caller's connection string between what it may override and what it may not.
struct ConnectionString {
    private let settings: [(keyword: String, value: String)]

    init(_ configuration: DatabaseConfiguration) {
        self.settings = [
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

    /// Begins to connect; the caller owns the connection. Nil: out of memory.
    func startConnecting() -> OpaquePointer? {
        let keywords = self.settings.map { strdup($0.keyword) }
        let values = self.settings.map { strdup($0.value) }
        defer { (keywords + values).forEach { free($0) } }
        return PQconnectStartParams(
            keywords.map { UnsafePointer($0) } + [nil],
            values.map { UnsafePointer($0) } + [nil],
            1
        )
    }
}
