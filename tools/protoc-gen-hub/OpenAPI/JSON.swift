/// A JSON value whose objects keep the order of their members, so that the same contract gives the same text.
indirect enum JSON: Equatable, Sendable {
    case object([Member])
    case array([JSON])
    case string(String)
    case integer(Int)
    case bool(Bool)

    struct Member: Equatable, Sendable {
        let name: String
        let value: JSON
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }

    init(arrayLiteral elements: JSON...) { self = .array(elements) }

    init(stringLiteral value: String) { self = .string(value) }

    init(integerLiteral value: Int) { self = .integer(value) }

    init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON {
    /// An object of members that are made from a list.
    static func object(_ members: [(String, JSON)]) -> JSON {
        .object(members.map { Member(name: $0.0, value: $0.1) })
    }

    /// This object with more members behind its own; of two with the same name the later one counts, in the first's place.
    func adding(_ other: JSON) -> JSON {
        guard case .object(var members) = self, case .object(let more) = other else { return self }
        for member in more {
            if let index = members.firstIndex(where: { $0.name == member.name }) {
                members[index] = member
            } else {
                members.append(member)
            }
        }
        return .object(members)
    }

    /// This object with a text, unless that is empty.
    func adding(_ name: String, _ text: String) -> JSON {
        text.isEmpty ? self : self.adding([name: .string(text)])
    }
}
