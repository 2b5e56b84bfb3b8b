/// A column of a table: a field of the row's message or of a message within.
struct TableColumn {
    /// The fields that lead to the message that has the field.
    let path: [Field]
    let field: Field

    private static let timestamp = "google.protobuf.Timestamp"

    /// Whether a cell can show it.
    var isShown: Bool {
        switch self.field.kind {
        case .message(let name): name == Self.timestamp && !self.field.isRepeated
        case .bytes, .map: false
        default: true
        }
    }

    /// The column, for the runtime.
    var swift: String {
        ".\(self.form)(\(SwiftSource.literal(self.field.title))) { \(self.value) },"
    }

    private var form: String {
        if self.field.marker.secret { return "secret" }
        if self.field.isRepeated { return "list" }
        switch self.field.kind {
        case .message: return "time"
        case .enumeration: return "choice"
        case .bool: return "flag"
        case .string: return self.field.marker.credits ? "number" : "text"
        default: return "number"
        }
    }

    private var value: String {
        let owner = (["$0"] + self.path.map(\.swiftName)).joined(separator: ".")
        let value = "\(owner).\(self.field.swiftName)"
        if self.field.isRepeated { return self.text(ofEach: value) }
        guard self.field.hasPresence, self.field.oneof == nil else { return value }
        let isSet = "\(owner).has\(self.field.swiftName.prefix(1).uppercased())\(self.field.swiftName.dropFirst())"
        switch self.form {
        case "time": return "\(isSet) ? \(value) : nil"
        case "number": return "\(isSet) ? \"\\(\(value))\" : \"\""
        default: return value
        }
    }

    private func text(ofEach values: String) -> String {
        switch self.field.kind {
        case .string: values
        case .enumeration: "\(values).map(\\.name)"
        default: "\(values).map { \"\\($0)\" }"
        }
    }
}

extension Field {
    /// As the head of a column, such as `hold id`.
    var title: String {
        String(self.name.map { $0 == "_" ? " " : $0 })
    }
}
