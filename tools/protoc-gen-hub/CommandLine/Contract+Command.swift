extension Contract {
    /// The command that calls a method.
    func command(_ method: Method, of service: Service) -> String {
        let options = method.request.fields.compactMap(self.argument).map(\.declaration)
        let parts = [self.configuration(of: method), method.facts(in: service)] + options + [callArguments]
        let statements = method.request.fields.compactMap(self.assignment)
        let body = statements.isEmpty ? "" : "\n\(statements.lines.indented(2))\n    "
        return """
            /// `hub \(service.context) \(method.name.commandLineName)`
            struct \(method.name): MethodCommand {
            \(parts.paragraphs.indented())

                func fill(_ request: inout \(method.request.swiftName), in shell: Shell) throws {\(body)}
            }
            """
    }

    private func configuration(of method: Method) -> String {
        let texts = [
            ("commandName", method.name.commandLineName),
            ("abstract", method.doc.summary),
            ("discussion", self.discussion(of: method)),
        ]
        let arguments = texts.filter { !$0.1.isEmpty }.map { "\($0): \(SwiftSource.literal($1))" }
        return """
            static let configuration = CommandConfiguration(
            \(arguments.joined(separator: ",\n").indented())
            )
            """
    }

    /// What the doc comment says after its first sentence, and which fields have no option.
    private func discussion(of method: Method) -> String {
        let paragraphs = method.doc.paragraphs
        let rest = paragraphs.first?.dropFirst(method.doc.summary.count).drop { $0 == " " } ?? ""
        let beyond = method.request.fields.filter { self.argument($0) == nil && !$0.marker.secret }
        let names = beyond.map { "`\($0.name)`" }.joined(separator: ", ")
        let hint = beyond.isEmpty ? "" : "Only --json can give \(names)."
        return ([String(rest)] + paragraphs.dropFirst() + [hint]).filter { !$0.isEmpty }.paragraphs
    }

    private func assignment(_ field: Field) -> String? {
        guard field.marker.secret else { return self.argument(field)?.assignment }
        guard field.kind == .string, !field.isRepeated else { return nil }
        let member = "request.\(field.swiftName)"
        return "if \(member).isEmpty { \(member) = try shell.secret(\(SwiftSource.literal(field.name))) }"
    }
}

extension Method {
    fileprivate func facts(in service: Service) -> String {
        var facts = ["static let method = \(service.name).\(self.swiftName)"]
        if case .public = self.policy.access { facts.append("static let needsSignIn = false") }
        if let id = self.requestID {
            facts.append(
                "static var requestID: WritableKeyPath<\(self.request.swiftName), String>? { \\.\(id.swiftName) }"
            )
        }
        return facts.lines
    }
}

private let callArguments = "@OptionGroup\nvar call: CallArguments"
