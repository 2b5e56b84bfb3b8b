/// A field that a path or a query gives its value.
struct BoundField {
    /// From the request message inwards; the last one is a plain value or a list of them.
    let path: [Field]

    /// Such as `hold.hold_id`.
    var name: String { self.path.map(\.name).joined(separator: ".") }

    /// Such as `hold.holdId`.
    var jsonName: String { self.path.map(\.jsonName).joined(separator: ".") }

    /// The case of a `switch` that sets it. It is found under its proto name and its JSON name.
    var setter: String {
        let names = self.name == self.jsonName ? [self.name] : [self.name, self.jsonName]
        let labels = names.map(SwiftSource.literal).joined(separator: ", ")
        let target = self.path.map(\.swiftName).joined(separator: ".")
        guard case .enumeration(let name)? = self.path.last?.kind else {
            return "case \(labels): try bind(value, to: &request.\(target))"
        }
        return "case \(labels): try bind(value, to: &request.\(target), names: \(enumNameTable(name)))"
    }
}

extension Contract {
    /// The fields that a route's path and query may set: all leaves of the request but those that the body holds.
    func boundFields(of binding: HTTPBinding, _ method: Method) -> [BoundField] {
        let inPath = binding.path.variables.compactMap { variable in
            self.fields(along: variable.fieldPath, from: method.request).map(BoundField.init)
        }
        switch binding.body {
        case .whole: return inPath
        case .none: return self.leaves(of: method.request)
        case .field(let name):
            return self.leaves(of: method.request).filter { leaf in
                leaf.path.first?.name != name || inPath.contains { $0.name == leaf.name }
            }
        }
    }

    /// The plain values and lists of plain values in a message and in the messages within. A message inside of itself is
    /// not entered again, and those of `google.protobuf` not at all: their parts mean nothing to people.
    func leaves(of message: MessageType, below path: [Field] = [], within outer: Set<String> = []) -> [BoundField] {
        message.fields.flatMap { field -> [BoundField] in
            if field.isPrimitive { return [BoundField(path: path + [field])] }
            guard case .message(let name) = field.kind, !field.isRepeated else { return [] }
            guard !name.hasPrefix("google.protobuf."), let inner = self.messages[name] else { return [] }
            let around = outer.union([message.fullName])
            return around.contains(name) ? [] : self.leaves(of: inner, below: path + [field], within: around)
        }
    }
}
