import Postgres
import Support
import Testing

struct MigratorTests {
    private let first = Migration(context: "shop", number: 1, name: "items", sql: "CREATE TABLE item (number int)")
    private let second = Migration(
        context: "shop",
        number: 2,
        name: "prices",
        sql: "ALTER TABLE item ADD COLUMN price int; INSERT INTO item VALUES (1, 2);"
    )

    @Test func `applies each step once`() async throws {
        try await withScratchDatabase { connection, database in
            let early = try await apply([first], to: connection)
            let late = try await apply([first, second], to: connection)
            let again = try await apply([first, second], to: connection)

            let prices = try await database.rows("SELECT price FROM item") { try $0.int(0) }
            #expect(early == [first])
            #expect(late == [second])
            #expect(again == [])
            #expect(prices == [2])
        }
    }

    @Test func `two programs at the same time apply each step once`() async throws {
        try await withScratchDatabase { connection, database in
            async let one = apply([first, second], to: connection)
            async let other = apply([first, second], to: connection)

            let applied = try await one + other

            let rows = try await database.first("SELECT count(*) FROM item") { try $0.int(0) }
            #expect(applied.sorted { $0.number < $1.number } == [first, second])
            #expect(rows == 1)
        }
    }

    @Test func `a changed file is refused by its name`() async throws {
        try await withScratchDatabase { connection, _ in
            _ = try await apply([first], to: connection)
            let changed = Migration(context: "shop", number: 1, name: "items", sql: first.sql + " ")

            let caught = await #expect(throws: MigrationError.self) { try await apply([changed], to: connection) }

            #expect(caught == .changed(file: "shop/0001_items.sql"))
            #expect(caught?.description.contains("put the change into a new file") == true)
        }
    }

    @Test func `a step that fails is rolled back and those before it stay`() async throws {
        let broken = Migration(
            context: "shop",
            number: 2,
            name: "broken",
            sql: "CREATE TABLE half (number int); SELECT * FROM missing"
        )
        try await withScratchDatabase { connection, database in
            let caught = await #expect(throws: MigrationError.self) {
                try await apply([first, broken], to: connection)
            }

            let tables = try await database.rows(
                "SELECT relname FROM pg_class WHERE relname IN ('item', 'half') AND relkind = 'r'"
            ) { try $0.text(0) }
            guard case .failed("shop/0002_broken.sql", let error) = caught else {
                Issue.record("\(String(describing: caught))")
                return
            }
            #expect(error.sqlState == "42P01")
            #expect(tables == ["item"])
        }
    }

    @Test func `a step that ends its transaction is refused`() async throws {
        let sly = Migration(context: "shop", number: 1, name: "sly", sql: "COMMIT; CREATE TABLE item (number int)")
        try await withScratchDatabase { connection, _ in
            let caught = await #expect(throws: MigrationError.self) { try await apply([sly], to: connection) }

            guard case .failed(_, let error) = caught else {
                Issue.record("\(String(describing: caught))")
                return
            }
            #expect(error.sqlState == "2D000")
        }
    }

    @Test func `a step of a newer program is an error`() async throws {
        try await withScratchDatabase { connection, _ in
            _ = try await apply([first, second], to: connection)

            let caught = await #expect(throws: MigrationError.self) { try await apply([first], to: connection) }

            #expect(caught == .unknown(file: "shop/0002_prices.sql"))
        }
    }

    @Test func `a step before an applied one, or with a number in use, is refused`() async throws {
        let twin = Migration(context: "shop", number: 2, name: "twin", sql: "SELECT 1")
        let third = Migration(context: "shop", number: 3, name: "third", sql: "SELECT 1")
        try await withScratchDatabase { connection, _ in
            _ = try await apply([first, third], to: connection)

            let late = await #expect(throws: MigrationError.self) {
                try await apply([first, second, third], to: connection)
            }
            let double = await #expect(throws: MigrationError.self) {
                try await apply([first, second, twin], to: connection)
            }

            #expect(late == .outOfOrder(file: "shop/0002_prices.sql"))
            #expect(double == .duplicate(file: "shop/0002_twin.sql"))
        }
    }

    @Test func `what comes afterwards runs each time, and its failure is told apart`() async throws {
        try await withScratchDatabase { connection, database in
            for _ in 0..<3 {
                _ = try await Migrator.apply(
                    [first, second],
                    to: connection,
                    afterwards: "UPDATE item SET price = price + 1; UPDATE item SET price = price * 2",
                    logger: LogRecorder().logger
                )
            }
            let caught = await #expect(throws: MigrationError.self) {
                try await Migrator.apply(
                    [first, second],
                    to: connection,
                    afterwards: "UPDATE item SET price = 0; SELECT * FROM missing",
                    logger: LogRecorder().logger
                )
            }

            let prices = try await database.rows("SELECT price FROM item") { try $0.int(0) }
            #expect(prices == [30])
            guard case .unfinished(let error) = caught else {
                Issue.record("\(String(describing: caught))")
                return
            }
            #expect(error.sqlState == "42P01")
        }
    }

    private func apply(_ migrations: [Migration], to connection: String) async throws -> [Migration] {
        try await Migrator.apply(migrations, to: connection, logger: LogRecorder().logger)
    }
}
