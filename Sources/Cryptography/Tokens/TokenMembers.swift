/// The members of a token's header or claims: JSON strings and whole numbers by name, nothing else.
package struct TokenMembers: Sendable, Equatable {
    /// One value.
    package enum Value: Sendable, Equatable {
        case string(String)
        case integer(Int64)
    }

    private(set) var values: [String: Value]

    /// Members to sign.
    package init(_ values: [String: Value]) {
        self.values = values
    }

    /// Reads a JSON object; `nil` for a duplicate name and for any value that is neither string nor whole number.
    init?(json: [UInt8]) {
        var reader = TokenReader(json)
        guard let values = reader.object() else { return nil }
        self.values = values
    }

    /// The names of all members.
    var names: Set<String> { Set(self.values.keys) }

    /// The string of that name, if there is one.
    package func string(_ name: String) -> String? {
        guard case .string(let value) = self.values[name] else { return nil }
        return value
    }

    /// The whole number of that name, if there is one.
    package func integer(_ name: String) -> Int64? {
        guard case .integer(let value) = self.values[name] else { return nil }
        return value
    }

    /// A JSON object, names in order, without white space.
    var json: [UInt8] {
        let members = self.values.sorted { $0.key < $1.key }
        let texts = members.map { name, value in
            switch value {
            case .string(let string): "\(Self.quoted(name)):\(Self.quoted(string))"
            case .integer(let integer): "\(Self.quoted(name)):\(integer)"
            }
        }
        return Array("{\(texts.joined(separator: ","))}".utf8)
    }

    private static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
