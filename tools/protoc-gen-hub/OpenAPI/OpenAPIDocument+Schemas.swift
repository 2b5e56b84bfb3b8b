extension OpenAPIDocument {
    /// The messages and enums that requests and answers consist of, by name.
    var schemas: JSON {
        let schema = Schema(contract: self.contract)
        let requests = self.reachable(from: self.operations.flatMap(\.requestKinds))
        let answers = self.reachable(from: self.contract.callableMethods.map { .message($0.response.fullName) })
        let members = requests.union(answers).compactMap { kind -> (String, JSON)? in
            switch kind {
            case .message(let name):
                self.contract.messages[name].map { message in
                    let isRequest = !answers.contains(kind)
                    return (schema.name(of: message), schema.object(message, isRequest: isRequest))
                }
            case .enumeration(let name):
                self.contract.enums[name].map { (schema.name(of: $0), schema.enumeration($0)) }
            default: nil
            }
        }
        return .object((members + [("google.rpc.Status", Self.statusSchema)]).sorted { $0.0 < $1.0 })
    }

    /// The messages and enums among `kinds`, and those within; forms of their own in JSON, such as timestamps, are not
    /// among them.
    private func reachable(from kinds: [Field.Kind]) -> Set<Field.Kind> {
        var found: Set<Field.Kind> = []
        var open = kinds
        while let kind = open.popLast() {
            switch kind {
            case .message(let name):
                guard Schema.wellKnown[name] == nil, found.insert(kind).inserted else { continue }
                open += self.contract.messages[name]?.fields.map(\.kind) ?? []
            case .enumeration: found.insert(kind)
            case .map(_, let value): open.append(value)
            default: continue
            }
        }
        return found
    }
}

extension Operation {
    /// What the schemas of its parameters and its body refer to.
    fileprivate var requestKinds: [Field.Kind] {
        let inQuery = self.queryFields.compactMap(\.path.last?.kind)
        let inPath = self.placeholders.compactMap(\.field?.kind)
        return inQuery + inPath + self.bodyKinds
    }

    private var bodyKinds: [Field.Kind] {
        let request = self.method.request
        switch self.binding.body {
        case .none: return []
        case .field(let name): return request.field(named: name).map { [$0.kind] } ?? []
        case .whole where self.placeholders.isEmpty: return [.message(request.fullName)]
        case .whole: return request.fields.map(\.kind)
        }
    }
}
