import FoundationEssentials
import SwiftProtobuf

/// A column of a table: what it is called and what it says of a row.
struct Column<Row> {
    let title: String
    let side: Table.Side
    let text: (Row) -> String

    private init(_ title: String, _ side: Table.Side = .left, _ text: @escaping (Row) -> String) {
        self.title = title
        self.side = side
        self.text = text
    }

    static func text(_ title: String, _ value: @escaping (Row) -> String) -> Column {
        Column(title, .left, value)
    }

    /// Several values stand below one another.
    static func list(_ title: String, _ values: @escaping (Row) -> [String]) -> Column {
        Column(title) { values($0).joined(separator: "\n") }
    }

    /// An amount of credits, or another number.
    static func number(_ title: String, _ value: @escaping (Row) -> some CustomStringConvertible) -> Column {
        Column(title, .right) { "\(value($0))" }
    }

    static func flag(_ title: String, _ value: @escaping (Row) -> Bool) -> Column {
        Column(title) { value($0) ? "yes" : "no" }
    }

    static func choice(_ title: String, _ value: @escaping (Row) -> some Choice) -> Column {
        Column(title) { value($0).name }
    }

    /// A moment in UTC, to the second.
    static func time(_ title: String, _ value: @escaping (Row) -> Google_Protobuf_Timestamp?) -> Column {
        Column(title) { row in
            value(row).map { Date(timeIntervalSince1970: TimeInterval($0.seconds)).formatted(.iso8601) } ?? ""
        }
    }

    /// A password or a token: only `--output json` shows it.
    static func secret(_ title: String, _ value: @escaping (Row) -> String) -> Column {
        Column(title) { value($0).isEmpty ? "" : "(hidden)" }
    }
}
