package import Postgres
package import RPC

extension PostgresError {
    /// Whether the same step may work later: the database was away, busy, or took another transaction first.
    package var isTransient: Bool {
        switch self.kind {
        case .connectionLost, .unavailable, .acquireTimedOut, .queueFull: true
        case .closed, .invalidParameter, .decoding: false
        // Class 53 is too few resources, 57 a stop of the server, 40 a conflict, 55P03 a lock that took too long.
        case .server: ["53", "57", "40"].contains(self.sqlState.prefix(2)) || self.sqlState == "55P03"
        }
    }
}

extension PostgresError: StatusConvertible {
    /// A database that is away is `UNAVAILABLE`, one that is too busy `RESOURCE_EXHAUSTED`; anything else is our fault.
    package var status: Status {
        switch self.kind {
        case .queueFull, .acquireTimedOut:
            .hub(.resourceExhausted, "BUSY", "The hub is too busy; try again in a moment.")
        case _ where self.isTransient:
            .hub(
                .unavailable,
                "DATABASE_UNAVAILABLE",
                self.mayHaveExecuted
                    ? "The database went away during the call; repeat it with the same request_id to learn its outcome."
                    : "The database is away; try again in a moment."
            )
        default:
            .hub(.internal, "INTERNAL", "The hub failed; its log says why.")
        }
    }
}
