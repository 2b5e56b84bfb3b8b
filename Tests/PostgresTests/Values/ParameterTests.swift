import Foundation
import Postgres
import Support
import Testing

struct ParameterTests {
    @Test func `each kind of parameter comes back as it went`() async throws {
        let id = UUID()
        let date = Date(timeIntervalSinceReferenceDate: 812_345_678.123_456)

        let row = try await withScratchDatabase { _, database in
            try await database.first(
                "SELECT $1::bigint, $2::int, $3::float8, $4::text, $5::bytea, $6::uuid, $7::bool, $8::timestamptz",
                [
                    .int(.min), 7, .double(-0.1), "naïve 🙂", .bytes([0, 1, 255]), .uuid(id), true, .date(date),
                ]
            ) { row in
                Everything(
                    int: try row.int(0),
                    small: try row.int(1),
                    double: try row.double(2),
                    text: try row.text(3),
                    bytes: try row.bytes(4),
                    id: try row.uuid(5),
                    flag: try row.bool(6),
                    date: try row.date(7)
                )
            }
        }

        #expect(
            row
                == Everything(
                    int: .min,
                    small: 7,
                    double: -0.1,
                    text: "naïve 🙂",
                    bytes: [0, 1, 255],
                    id: id,
                    flag: true,
                    date: date
                )
        )
    }

    @Test func `arrays come back as they went`() async throws {
        let ids = [UUID(), UUID()]
        let texts = ["", "a,b", "{x}", #"quote " and \ back"#, "NULL", " blank ", "ümlaut"]

        let row = try await withScratchDatabase { _, database in
            try await database.first(
                "SELECT $1::uuid[], $2::bigint[], $3::text[], $4::int[]",
                [.uuids(ids), .ints([.min, 0, .max]), .texts(texts), .ints([])]
            ) { row in (try row.uuids(0), try row.ints(1), try row.texts(2), try row.ints(3)) }
        }

        #expect(row?.0 == ids)
        #expect(row?.1 == [.min, 0, .max])
        #expect(row?.2 == texts)
        #expect(row?.3 == [])
    }

    @Test func `NULL of every type is nil`() async throws {
        let row = try await withScratchDatabase { _, database in
            try await database.first(
                "SELECT $1::bigint, $2::text, $3::bytea, $4::uuid, $5::bool, $6::timestamptz, $7::float8",
                [
                    nil, .text(optional: nil), .bytes(optional: nil), .uuid(optional: nil), .bool(optional: nil),
                    .date(optional: nil), .double(optional: nil),
                ]
            ) { row in
                [
                    try row.isNull(0), try row.optionalInt(0) == nil, try row.optionalText(1) == nil,
                    try row.optionalBytes(2) == nil, try row.optionalUUID(3) == nil, try row.optionalBool(4) == nil,
                    try row.optionalDate(5) == nil, try row.optionalDouble(6) == nil,
                ]
            }
        }

        #expect(row == Array(repeating: true, count: 8))
    }

    @Test(arguments: [
        "'; DROP TABLE note; --", "$1", "\\", "%s", "' OR '1'='1", "\"quoted\"", "line\nbreak", "/* comment",
    ])
    func `text that looks like SQL stays text`(text: String) async throws {
        try await withScratchDatabase { _, database in
            try await database.run("CREATE TABLE note (body text NOT NULL)")

            try await database.run("INSERT INTO note VALUES ($1)", [.text(text)])

            let stored = try await database.rows("SELECT body FROM note WHERE body = $1", [.text(text)]) {
                try $0.text(0)
            }
            #expect(stored == [text])
        }
    }

    @Test func `text with a NUL character is refused before it is sent`() async throws {
        try await withScratchDatabase { _, database in
            await #expect(throws: invalid("the text of parameter $2 holds a NUL character")) {
                try await database.run("SELECT $1::int, $2::text", [1, "a\0b"])
            }
        }
    }

    @Test func `more parameters or bytes than the protocol takes are refused`() async throws {
        try await withScratchDatabase { _, database in
            await #expect(throws: invalid("65536 parameters are more than 65535")) {
                try await database.run("SELECT 1", Array(repeating: 1, count: 65_536))
            }
            await #expect(throws: invalid("the parameters are larger than 67108864 bytes")) {
                try await database.run("SELECT $1::bytea", [.bytes(Array(repeating: 0, count: 64 << 20 + 1))])
            }
        }
    }

    @Test func `a large bytea goes both ways`() async throws {
        let bytes = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }

        let back = try await withScratchDatabase { _, database in
            try await database.first("SELECT $1::bytea", [.bytes(bytes)]) { try $0.bytes(0) }
        }

        #expect(back == bytes)
    }

    private func invalid(_ message: String) -> PostgresError {
        PostgresError(.invalidParameter, message)
    }
}

private struct Everything: Equatable {
    var int: Int64
    var small: Int64
    var double: Double
    var text: String
    var bytes: [UInt8]
    var id: UUID
    var flag: Bool
    var date: Date
}
