/// Text in columns.
struct Table: Equatable {
    /// On which side of a column its cells stand.
    enum Side { case left, right }

    private struct Cell: Equatable {
        let lines: [String]
        var width: Int { self.lines.map(\.count).max() ?? 0 }

        init(_ text: String) {
            self.lines = text.printable.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
    }

    private let titles: [Cell]
    private let sides: [Side]
    private let rows: [[Cell]]
    private let notes: [String]

    /// A table with a row for each message. Below it stand the notes that are not empty.
    init<Row>(_ rows: [Row], _ columns: [Column<Row>], notes: KeyValuePairs<String, String> = [:]) {
        self.titles = columns.map { Cell($0.title.uppercased()) }
        self.sides = columns.map(\.side)
        self.rows = rows.map { row in columns.map { Cell($0.text(row)) } }
        self.notes = notes.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value.printable)" }
    }

    /// The table as lines, of which the first names the columns if it is `titled`. A cell with several lines makes its
    /// row as high.
    func lines(titled: Bool = true) -> [String] {
        guard !self.titles.isEmpty else { return self.notes }
        let rows = (titled ? [self.titles] : []) + self.rows
        let widths = self.titles.indices.map { column in
            ([self.titles] + self.rows).map { $0[column].width }.max() ?? 0
        }
        return rows.flatMap { self.lines(of: $0, widths) } + self.notes
    }

    private func lines(of row: [Cell], _ widths: [Int]) -> [String] {
        (0..<(row.map(\.lines.count).max() ?? 0)).map { line in
            let cells = row.indices.map { column in
                let text = line < row[column].lines.count ? row[column].lines[line] : ""
                return text.padded(to: widths[column], on: self.sides[column])
            }
            return cells.joined(separator: "  ").trimmingEnd
        }
    }
}

extension String {
    fileprivate func padded(to width: Int, on side: Table.Side) -> String {
        let space = String(repeating: " ", count: max(0, width - self.count))
        return side == .left ? self + space : space + self
    }

    fileprivate var trimmingEnd: String {
        String(self[..<(self.lastIndex { $0 != " " }.map(self.index(after:)) ?? self.startIndex)])
    }
}
