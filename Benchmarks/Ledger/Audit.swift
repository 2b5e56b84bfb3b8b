import Credits
import Postgres

/// Verifies after a turn that the ledger is sound and holds what was answered, no more and no less.
struct Audit {
    private let connection: String
    private let before: Int
    /// Holds that callers were told of.
    var placed = 0

    /// Counts the holds before a turn.
    init(of connection: String) async throws {
        self.connection = connection
        self.before = try await withDatabase(connection, Self.holds)
    }

    /// - Throws: What is wrong.
    func verify() async throws {
        let (after, violations) = try await withDatabase(self.connection) { database in
            (try await Self.holds(in: database), try await Self.violations(in: database))
        }
        guard violations.isEmpty else { throw Unsound(violations.joined(separator: "\n")) }
        guard after - self.before == self.placed else {
            throw Unsound("\(self.placed) holds were answered as placed, \(after - self.before) are stored")
        }
    }

    /// The ledger's own check.
    private static func violations(in database: Database) async throws -> [String] {
        // A table that was filled this fast is not known to the planner yet.
        try await database.run("ANALYZE entry")
        try await database.run("ANALYZE journal")
        return try await LedgerCheck.violations(in: database)
    }

    private static func holds(in database: Database) async throws -> Int {
        try await database.first("SELECT count(*) FROM entry WHERE kind = 6") { Int(try $0.int(0)) } ?? 0
    }
}

/// The ledger is not what it should be.
private struct Unsound: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
