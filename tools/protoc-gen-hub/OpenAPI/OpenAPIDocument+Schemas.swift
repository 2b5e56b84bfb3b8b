extension OpenAPIDocument {
    /// The messages and enums that requests and answers consist of, by name.
    var schemas: JSON {
        let schema = Schema(contract: self.contract)
        let requests = self.reachable(from: self.contract.methods.map(\.request))
        let answers = self.reachable(from: self.contract.methods.map(\.response))
        let messages = requests.union(answers).compactMap { self.contract.messages[$0] }.map { message in
            let isRequest = requests.contains(message.fullName) && !answers.contains(message.fullName)
            return (schema.name(of: message), schema.object(message, isRequest: isRequest))
        }
        let used = requests.union(answers).compactMap { self.contract.messages[$0] }.flatMap(\.fields)
        let enums = Set(used.flatMap(\.kind.enums)).compactMap { self.contract.enums[$0] }.map { type in
            (schema.name(of: type), schema.enumeration(type))
        }
        let status = ("google.rpc.Status", Self.statusSchema)
        return .object((messages + enums + [status]).sorted { $0.0 < $1.0 })
    }

    /// The full names of messages and of those within; forms of their own in JSON, such as timestamps, are not among them.
    private func reachable(from messages: [MessageType]) -> Set<String> {
        var names: Set<String> = []
        var open = messages.map(\.fullName)
        while let name = open.popLast() {
            guard Schema.wellKnown[name] == nil, names.insert(name).inserted else { continue }
            open += self.contract.messages[name]?.fields.flatMap(\.kind.messages) ?? []
        }
        return names
    }
}

extension Field.Kind {
    fileprivate var messages: [String] {
        switch self {
        case .message(let name): [name]
        case .map(_, let value): value.messages
        default: []
        }
    }

    fileprivate var enums: [String] {
        switch self {
        case .enumeration(let name): [name]
        case .map(_, let value): value.enums
        default: []
        }
    }
}
