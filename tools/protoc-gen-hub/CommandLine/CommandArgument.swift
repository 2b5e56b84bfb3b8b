/// A field of a request that the command line takes as an option or a plain argument.
struct CommandArgument {
    let field: Field
    /// The Swift type of one value.
    let type: String

    /// The property that holds what was given.
    var declaration: String {
        """
        \(self.wrapper)
        var \(self.field.swiftName): \(self.field.isRepeated ? "[\(self.type)] = []" : "\(self.type)?")
        """
    }

    /// The statements that put what was given into `request`.
    var assignment: String {
        let name = self.field.swiftName
        if self.field.isRepeated { return "if !self.\(name).isEmpty { request.\(name) = self.\(name) }" }
        let assignment = "if let \(name) { request.\(name) = \(name) }"
        guard self.field.marker.positional, self.field.kind == .string else { return assignment }
        return assignment + "\ntry require(request.\(name), \(SwiftSource.literal(self.field.name.commandLineName)))"
    }

    private var wrapper: String {
        let name = self.field.name.commandLineName
        let option = SwiftSource.literal("--\(name)")
        if self.field.marker.positional { return "@Argument(help: \(self.help(valueName: name)))" }
        if self.type == "Bool", !self.field.isRepeated {
            return "@Flag(name: \(option), inversion: .prefixedNo, help: \(self.help()))"
        }
        let help = self.help(valueName: self.field.marker.credits ? "credits" : nil)
        return "@Option(name: \(option), \(self.mayBeNegative ? "parsing: \(self.strategy), " : "")help: \(help))"
    }

    private func help(valueName: String? = nil) -> String {
        let doc = self.field.name == "request_id" ? requestIDHelp : self.field.doc.paragraphs.joined(separator: " ")
        let text = SwiftSource.literal(doc)
        return valueName.map { "ArgumentHelp(\(text), valueName: \(SwiftSource.literal($0)))" } ?? text
    }

    /// Takes the next word as the value even if it starts with a minus.
    private var strategy: String { self.field.isRepeated ? ".unconditionalSingleValue" : ".unconditional" }

    private var mayBeNegative: Bool {
        switch self.field.kind {
        case .double, .float, .int32, .int64: true
        default: self.field.marker.credits
        }
    }
}

/// The contract speaks to programs, which must choose one; the command line makes one.
private let requestIDHelp = "Repeating a command under one id has no second effect. Without it: a fresh one."

extension Contract {
    /// How the command line takes a field; nil for one that only JSON can hold and for a secret, which is asked for.
    func argument(_ field: Field) -> CommandArgument? {
        guard !field.marker.secret else { return nil }
        return self.argumentType(field.kind).map { CommandArgument(field: field, type: $0) }
    }

    private func argumentType(_ kind: Field.Kind) -> String? {
        switch kind {
        case .double: "Double"
        case .float: "Float"
        case .int32: "Int32"
        case .int64: "Int64"
        case .uint32: "UInt32"
        case .uint64: "UInt64"
        case .bool: "Bool"
        case .string: "String"
        case .enumeration(let name): self.enums[name]?.swiftName
        case .bytes, .message, .map: nil
        }
    }
}
