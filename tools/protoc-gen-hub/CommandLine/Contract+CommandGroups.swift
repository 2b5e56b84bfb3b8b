extension Contract {
    /// The list of groups, then each group with its commands.
    var commandGroups: [String] {
        let groups = Dictionary(grouping: self.services.filter { !$0.callableMethods.isEmpty }, by: \.context)
        let contexts = groups.keys.sorted()
        let list = """
            /// The commands of all methods: a group per context.
            var generatedGroups: [any ParsableCommand.Type] {
                [\(contexts.map { "\(groupType($0)).self" }.joined(separator: ", "))]
            }
            """
        return [list] + contexts.map { self.group($0, groups[$0] ?? []) }
    }

    private func group(_ context: String, _ services: [Service]) -> String {
        let methods = services.flatMap { service in service.callableMethods.map { (service, $0) } }
        let abstract = services.map(\.doc.summary).joined(separator: " ")
        return """
            /// `hub \(context)`
            struct \(groupType(context)): ParsableCommand {
                static let configuration = CommandConfiguration(
                    commandName: \(SwiftSource.literal(context)),
                    abstract: \(SwiftSource.literal(abstract)),
                    subcommands: [\(methods.map { "\($1.name).self" }.joined(separator: ", "))]
                )

            \(methods.map { self.command($1, of: $0) }.paragraphs.indented())
            }
            """
    }

    private func groupType(_ context: String) -> String {
        context.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + "Group"
    }
}

extension Service {
    fileprivate var callableMethods: [Method] { self.methods.filter { !$0.streamsRequests } }

    /// What its commands are grouped under, such as `credits` for the package `hub.credits.v1`.
    var context: String {
        let names = self.fullName.split(separator: ".").dropLast().filter { !$0.isVersion }
        return (names.count > 1 ? names.dropFirst() : names[...]).joined(separator: "-").commandLineName
    }
}

extension StringProtocol {
    /// Whether it is the part of a package name that says its version, such as `v1`.
    fileprivate var isVersion: Bool {
        self.first == "v" && self.dropFirst().first?.isNumber == true
    }

    /// As people type it: `place-hold` for `PlaceHold`, `hold-id` for `hold_id`.
    var commandLineName: String {
        var name = ""
        var wasLower = false
        for character in self {
            if character.isUppercase, wasLower { name += "-" }
            name += character == "_" ? "-" : character.lowercased()
            wasLower = character.isLowercase || character.isNumber
        }
        return name
    }
}
