/// How Postgres counts time: microseconds since 2000-01-01 UTC.
enum Timestamp {
    /// From Foundation's reference date, 2001-01-01 UTC, to that of Postgres: the 366 days of the year 2000.
    static let referenceOffset: Int64 = 366 * 86_400 * 1_000_000
    /// Largest distance from the reference date that can be sent; far beyond what Postgres stores.
    static let limit = Int64.max / 2
}
