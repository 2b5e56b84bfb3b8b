import struct Foundation.Date
import struct Foundation.UUID
import typealias Foundation.uuid_t

/// One value in Postgres' binary format; lives no longer than the row it belongs to.
struct Cell {
    let column: Int
    let type: UInt32
    let value: UnsafeRawBufferPointer?

    var isNull: Bool { self.value == nil }

    func required() throws(PostgresError) -> Content {
        guard let content = self.optional() else { throw PostgresError(.decoding, "column \(self.column) is NULL") }
        return content
    }

    func optional() -> Content? {
        self.value.map { Content(column: self.column, type: self.type, raw: $0) }
    }
}

extension Cell {
    /// A value that is not NULL.
    struct Content {
        let column: Int
        let type: UInt32
        let raw: UnsafeRawBufferPointer

        func int() throws(PostgresError) -> Int64 {
            switch (self.type, self.raw.count) {
            case (TypeNumber.int8, 8): self.number(Int64.self)
            case (TypeNumber.int4, 4): Int64(self.number(Int32.self))
            case (TypeNumber.int2, 2): Int64(self.number(Int16.self))
            default: throw self.mismatch("a whole number")
            }
        }

        func double() throws(PostgresError) -> Double {
            switch (self.type, self.raw.count) {
            case (TypeNumber.float8, 8): Double(bitPattern: self.number(UInt64.self))
            case (TypeNumber.float4, 4): Double(Float(bitPattern: self.number(UInt32.self)))
            default: throw self.mismatch("a floating-point number")
            }
        }

        func text() throws(PostgresError) -> String {
            guard !TypeNumber.withoutText.contains(self.type) else { throw self.mismatch("a text") }
            // jsonb starts with the number of its format
            let characters = self.type == TypeNumber.jsonb ? self.raw.dropFirst() : self.raw[...]
            guard let text = String(validating: characters, as: UTF8.self) else { throw self.mismatch("UTF-8") }
            return text
        }

        func bytes() throws(PostgresError) -> [UInt8] {
            guard self.type == TypeNumber.bytea else { throw self.mismatch("bytes") }
            return Array(self.raw)
        }

        func uuid() throws(PostgresError) -> UUID {
            guard self.type == TypeNumber.uuid, self.raw.count == 16 else { throw self.mismatch("a UUID") }
            return UUID(uuid: self.raw.loadUnaligned(as: uuid_t.self))
        }

        func bool() throws(PostgresError) -> Bool {
            guard self.type == TypeNumber.bool, let byte = self.raw.first else { throw self.mismatch("a boolean") }
            return byte != 0
        }

        func date() throws(PostgresError) -> Date {
            guard self.type == TypeNumber.timestamptz, self.raw.count == 8 else {
                throw self.mismatch("a timestamp with time zone")
            }
            let microseconds = self.number(Int64.self)
            guard microseconds != .max, microseconds != .min else { throw self.mismatch("a finite timestamp") }
            let sinceReference = microseconds - Timestamp.referenceOffset
            return Date(timeIntervalSinceReferenceDate: Double(sinceReference) / 1_000_000)
        }

        /// The caller has compared the length.
        func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
            Number(bigEndian: self.raw.loadUnaligned(as: Number.self))
        }

        func mismatch(_ wanted: String) -> PostgresError {
            PostgresError(
                .decoding,
                "column \(self.column), of type number \(self.type) with \(self.raw.count) bytes, is not \(wanted)"
            )
        }
    }
}
