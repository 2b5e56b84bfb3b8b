import CPostgres

extension PostgresError {
    /// Copies the error that a result carries. A fatal one means that the connection is gone.
    init(copying result: OpaquePointer) {
        let field = { (code: Character) in
            code.asciiValue.flatMap { PQresultErrorField(result, Int32($0)) }.map { String(cString: $0) }
        }
        let severity = field(severityField)
        let isFatal = severity == nil || severity == "FATAL" || severity == "PANIC"
        self.init(
            isFatal ? .connectionLost : .server,
            field(messageField) ?? Self.oneLine(PQresultErrorMessage(result)),
            sqlState: field(sqlStateField) ?? "",
            detail: field(detailField),
            constraint: field(constraintField),
            mayHaveExecuted: isFatal
        )
    }

    /// What libpq says about a broken connection.
    static func lost(_ connection: OpaquePointer) -> PostgresError {
        let message = Self.oneLine(PQerrorMessage(connection))
        return PostgresError(
            .connectionLost,
            message.isEmpty ? "the server closed the connection" : message,
            mayHaveExecuted: true
        )
    }

    static func oneLine(_ text: UnsafePointer<CChar>?) -> String {
        guard let text else { return "" }
        return String(cString: text).split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

// The letters of PG_DIAG_…, which are character macros.
private let severityField: Character = "V"
private let sqlStateField: Character = "C"
private let messageField: Character = "M"
private let detailField: Character = "D"
private let constraintField: Character = "n"
