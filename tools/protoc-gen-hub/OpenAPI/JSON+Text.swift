extension JSON {
    /// As text, indented by two spaces per level.
    var text: String {
        switch self {
        case .object(let members):
            Self.block("{", members.map { "\(Self.quoted($0.name)): \($0.value.text)" }, "}")
        case .array(let elements): Self.block("[", elements.map(\.text), "]")
        case .string(let value): Self.quoted(value)
        case .integer(let value): String(value)
        case .bool(let value): String(value)
        }
    }

    private static func block(_ open: String, _ parts: [String], _ close: String) -> String {
        guard !parts.isEmpty else { return open + close }
        let lines = parts.joined(separator: ",\n").split(separator: "\n").map { "  \($0)" }
        return ([open] + lines + [close]).joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            case "\t": "\\t"
            case "\0"..<" ": "\\u" + Self.hex(scalar)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
