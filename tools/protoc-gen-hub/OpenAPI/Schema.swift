/// JSON schemas of messages, enums and fields, by the proto3 JSON mapping.
struct Schema {
    let contract: Contract

    func name(of message: MessageType) -> String {
        self.contract.componentName(message.name, message.fullName, message.position)
    }

    func name(of type: EnumType) -> String {
        self.contract.componentName(type.name, type.fullName, type.position)
    }

    func reference(to message: MessageType) -> JSON {
        Self.wellKnown[message.fullName] ?? ["$ref": "#/components/schemas/\(self.name(of: message))"]
    }

    /// The schema of a message. Requests refuse unknown members; `hidden` fields, by proto name, come from elsewhere.
    func object(_ message: MessageType, isRequest: Bool, without hidden: Set<String> = []) -> JSON {
        let fields = message.fields.filter { !hidden.contains($0.name) }
        let properties = fields.map { ($0.jsonName, self.type(of: $0).adding("description", self.text(of: $0))) }
        let schema: JSON = [
            "type": "object",
            "description": .string(self.text(of: message)),
            "properties": .object(properties),
        ]
        guard isRequest else { return schema }
        let required = fields.filter { $0.name == "request_id" }.map { JSON.string($0.jsonName) }
        return (required.isEmpty ? schema : schema.adding(["required": .array(required)]))
            .adding(["additionalProperties": false])
    }

    func enumeration(_ type: EnumType) -> JSON {
        let meanings = type.values.filter { !$0.doc.isEmpty }.map { "\($0.name): \($0.doc.explanation)" }
        return [
            "type": "string",
            "description": .string(([type.doc.explanation] + meanings).joined(separator: "\n\n")),
            "enum": .array(type.values.map { .string($0.name) }),
        ]
    }

    func text(of field: Field) -> String {
        field.doc.explanation.shortened(to: OpenAPIDocument.fieldTextLimit)
    }

    private func text(of message: MessageType) -> String {
        let choices = message.choices.map { choice in
            "At most one of \(choice.fields.map { "`\($0.jsonName)`" }.joined(separator: ", ")) is set."
        }
        return ([message.doc.explanation] + choices).joined(separator: "\n\n")
            .shortened(to: OpenAPIDocument.fieldTextLimit)
    }
}

extension Contract {
    /// Names of the contract stand alone, those of what it imports come with their package.
    fileprivate func componentName(_ name: String, _ fullName: String, _ position: SourcePosition) -> String {
        self.files.contains(position.file) ? name : fullName
    }
}
