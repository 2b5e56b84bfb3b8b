import CPostgres

/// The rows that one statement answered. Owns the `PGresult` and frees it exactly once.
struct ResultSet: ~Copyable {
    private let raw: OpaquePointer

    init(taking raw: OpaquePointer) {
        self.raw = raw
    }

    deinit {
        PQclear(self.raw)
    }

    /// Rows that the statement inserted, changed, deleted or answered.
    var affectedRows: Int { Int(String(cString: PQcmdTuples(self.raw))) ?? 0 }

    /// The command that ran, such as `COMMIT`.
    var tag: String { String(cString: PQcmdStatus(self.raw)) }

    func rows<Value>(_ decode: (borrowing Row) throws -> Value) throws -> [Value] {
        try (0..<PQntuples(self.raw)).map { try decode(Row(result: self.raw, index: $0)) }
    }

    func first<Value>(_ decode: (borrowing Row) throws -> Value) throws -> Value? {
        guard PQntuples(self.raw) > 0 else { return nil }
        return try decode(Row(result: self.raw, index: 0))
    }
}
