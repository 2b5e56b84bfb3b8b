extension Contract {
    /// Every declaration says what it is: the help of the command line and the OpenAPI document consist of it.
    var documentationProblems: [Problem] {
        let services = self.services.flatMap { service in
            [Self.missing(service.doc, "service \(service.name)", service.position)]
                + service.methods.map { Self.missing($0.doc, "method \($0.name)", $0.position) }
        }
        let messages = self.messages.values.filter(self.declares).flatMap { message in
            [Self.missing(message.doc, "message \(message.name)", message.position)]
                + message.fields.map { Self.missing($0.doc, "field \($0.name)", $0.position) }
        }
        let enums = self.enums.values.filter(self.declares).flatMap { type in
            [Self.missing(type.doc, "enum \(type.name)", type.position)]
                + type.values.filter { !$0.isUnspecified }
                .map { Self.missing($0.doc, "enum value \($0.name)", $0.position) }
        }
        return (services + messages + enums).compactMap(\.self)
    }

    private func declares(_ message: MessageType) -> Bool { self.files.contains(message.position.file) }

    private func declares(_ type: EnumType) -> Bool { self.files.contains(type.position.file) }

    private static func missing(_ doc: DocComment, _ what: String, _ position: SourcePosition) -> Problem? {
        doc.isEmpty ? Problem(position, "\(what) has no doc comment") : nil
    }
}
