import Testing

@testable import hub

struct TableTests {
    private struct Row {
        var name = ""
        var price = ""
        var tags: [String] = []
    }

    private let columns: [Column<Row>] = [
        .text("name") { $0.name }, .number("price") { $0.price }, .list("tags") { $0.tags },
    ]

    @Test func `columns are as wide as their widest cell and amounts stand on the right`() {
        let rows = [Row(name: "bread", price: "12.5"), Row(name: "Käse", price: "0.000001")]

        let table = Table(rows, self.columns)

        #expect(table.lines() == ["NAME      PRICE  TAGS", "bread      12.5", "Käse   0.000001"])
    }

    @Test func `several values stand below one another`() {
        let table = Table([Row(name: "bread", price: "1", tags: ["old", "brown"])], self.columns)

        #expect(table.lines() == ["NAME   PRICE  TAGS", "bread      1  old", "              brown"])
    }

    @Test func `notes stand below unless they are empty`() {
        let table = Table([Row](), self.columns, notes: ["next page token": "abc", "warning": ""])

        #expect(table.lines() == ["NAME  PRICE  TAGS", "next page token: abc"])
    }

    @Test func `titles can be left out`() {
        let table = Table([Row(name: "bread")], self.columns)

        #expect(table.lines(titled: false) == ["bread"])
    }

    @Test func `control characters are replaced`() {
        let table = Table([Row(name: "\u{1B}[31mred\u{7}")], self.columns)

        #expect(table.lines(titled: false) == ["\u{FFFD}[31mred\u{FFFD}"])
    }

    @Test func `a message without fields prints nothing`() {
        #expect(Table([Row()], []).lines().isEmpty)
    }
}
