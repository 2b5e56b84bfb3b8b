import Foundation
import Postgres
import Support
import Testing

struct RowTests {
    @Test func `reads text of every textual type`() async throws {
        let texts = try await withScratchDatabase { _, database in
            try await database.run("CREATE TYPE mood AS ENUM ('calm')")
            return try await database.first(
                "SELECT 'a'::varchar, 'b'::char(2), 'c'::name, '[1]'::json, '[2]'::jsonb, 'calm'::mood"
            ) { row in try (0..<row.count).map { try row.text($0) } }
        }

        #expect(texts == ["a", "b ", "c", "[1]", "[2]", "calm"])
    }

    @Test func `reads whole and floating-point numbers of every width`() async throws {
        let numbers = try await withScratchDatabase { _, database in
            try await database.first("SELECT 1::smallint, -2::int, 3::bigint, 0.5::real") { row in
                (ints: [try row.int(0), try row.int(1), try row.int(2)], real: try row.double(3))
            }
        }

        #expect(numbers?.ints == [1, -2, 3])
        #expect(numbers?.real == 0.5)
    }

    @Test(arguments: [
        (Statement("SELECT 1.5::numeric"), "column 0, of type number 1700 with 12 bytes, is not a whole number"),
        (Statement("SELECT NULL::bigint"), "column 0 is NULL"),
        (Statement("SELECT 'x'::text"), "column 0, of type number 25 with 1 bytes, is not a whole number"),
        (Statement("SELECT WHERE true"), "the row has 0 columns, none with number 0"),
    ])
    func `a column of another type is an error that names it`(statement: Statement, message: String) async throws {
        let caught = await #expect(throws: PostgresError.self) {
            try await withScratchDatabase { _, database in
                try await database.first(statement) { try $0.int(0) }
            }
        }

        #expect(caught == PostgresError(.decoding, message))
    }

    @Test func `times keep their microseconds and infinity is refused`() async throws {
        try await withScratchDatabase { _, database in
            let past = try await database.first("SELECT '1969-12-31 23:59:59.999999+00'::timestamptz") {
                try $0.date(0)
            }
            #expect(past == Date(timeIntervalSince1970: -0.000_001))

            await #expect(throws: PostgresError.self) {
                try await database.first("SELECT 'infinity'::timestamptz") { try $0.date(0) }
            }
        }
    }

    @Test func `an array with NULLs or two dimensions is refused`() async throws {
        try await withScratchDatabase { _, database in
            for statement in ["SELECT ARRAY[1, NULL]", "SELECT ARRAY[ARRAY[1], ARRAY[2]]"] as [Statement] {
                let caught = await #expect(throws: PostgresError.self) {
                    try await database.first(statement) { try $0.ints(0) }
                }
                #expect(caught?.kind == .decoding)
            }
        }
    }
}
