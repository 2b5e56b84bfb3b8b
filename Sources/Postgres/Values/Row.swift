import CPostgres
package import struct Foundation.Date
package import struct Foundation.UUID

/// One row of an answer, readable while the decode closure runs. Columns count from 0.
///
/// Every reader throws `PostgresError` of kind `decoding` when the column does not exist, is NULL or has another type;
/// the `optional` ones answer nil for NULL.
package struct Row: ~Copyable {
    let result: OpaquePointer
    let index: Int32

    /// How many columns the row has.
    package var count: Int { Int(PQnfields(self.result)) }

    /// Whether the column is NULL.
    package func isNull(_ column: Int) throws -> Bool {
        try self.cell(column).isNull
    }

    /// A `smallint`, `integer` or `bigint`.
    package func int(_ column: Int) throws -> Int64 { try self.cell(column).required().int() }

    /// A `smallint`, `integer` or `bigint`, or nil.
    package func optionalInt(_ column: Int) throws -> Int64? { try self.cell(column).optional()?.int() }

    /// A `double precision` or `real`.
    package func double(_ column: Int) throws -> Double { try self.cell(column).required().double() }

    /// A `double precision` or `real`, or nil.
    package func optionalDouble(_ column: Int) throws -> Double? { try self.cell(column).optional()?.double() }

    /// A `text`, `varchar`, `char`, `name`, `json`, `jsonb` or enumeration value.
    package func text(_ column: Int) throws -> String { try self.cell(column).required().text() }

    /// A `text`, `varchar`, `char`, `name`, `json`, `jsonb` or enumeration value, or nil.
    package func optionalText(_ column: Int) throws -> String? { try self.cell(column).optional()?.text() }

    /// A `bytea`.
    package func bytes(_ column: Int) throws -> [UInt8] { try self.cell(column).required().bytes() }

    /// A `bytea`, or nil.
    package func optionalBytes(_ column: Int) throws -> [UInt8]? { try self.cell(column).optional()?.bytes() }

    /// A `uuid`.
    package func uuid(_ column: Int) throws -> UUID { try self.cell(column).required().uuid() }

    /// A `uuid`, or nil.
    package func optionalUUID(_ column: Int) throws -> UUID? { try self.cell(column).optional()?.uuid() }

    /// A `boolean`.
    package func bool(_ column: Int) throws -> Bool { try self.cell(column).required().bool() }

    /// A `boolean`, or nil.
    package func optionalBool(_ column: Int) throws -> Bool? { try self.cell(column).optional()?.bool() }

    /// A `timestamptz`, exact to the microsecond; "infinity" is an error.
    package func date(_ column: Int) throws -> Date { try self.cell(column).required().date() }

    /// A `timestamptz`, or nil.
    package func optionalDate(_ column: Int) throws -> Date? { try self.cell(column).optional()?.date() }

    /// An array of `uuid` without NULLs.
    package func uuids(_ column: Int) throws -> [UUID] {
        try self.cell(column).required().array { try $0.uuid() }
    }

    /// An array of `smallint`, `integer` or `bigint` without NULLs.
    package func ints(_ column: Int) throws -> [Int64] {
        try self.cell(column).required().array { try $0.int() }
    }

    /// An array of `text` without NULLs.
    package func texts(_ column: Int) throws -> [String] {
        try self.cell(column).required().array { try $0.text() }
    }

    private func cell(_ column: Int) throws(PostgresError) -> Cell {
        guard 0..<self.count ~= column else {
            throw PostgresError(.decoding, "the row has \(self.count) columns, none with number \(column)")
        }
        let number = Int32(column)
        let isNull = PQgetisnull(self.result, self.index, number) != 0
        return Cell(
            column: column,
            type: PQftype(self.result, number),
            value: isNull
                ? nil
                : UnsafeRawBufferPointer(
                    start: PQgetvalue(self.result, self.index, number),
                    count: Int(PQgetlength(self.result, self.index, number))
                )
        )
    }
}
