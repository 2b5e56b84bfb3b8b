extension Contract {
    /// A service's name tells commands from queries, unless others gave it; and all names meet in one Swift module.
    var namingProblems: [Problem] {
        self.services.compactMap(Self.kindProblem) + self.methods.compactMap(Self.memberProblem) + self.clashes
    }

    private static func kindProblem(_ service: Service) -> Problem? {
        guard service.kind == nil, service.standard.isEmpty else { return nil }
        return Problem(service.position, "service \(service.name) is named neither '…Commands' nor '…Queries'")
    }

    /// Members that each generated method table has beside its methods.
    private static let takenMembers: Set<String> = ["definition", "name", "policies"]

    private static func memberProblem(_ method: Method) -> Problem? {
        guard Self.takenMembers.contains(method.swiftName) else { return nil }
        return Problem(method.position, "the generated code needs the name '\(method.swiftName)' for itself")
    }

    private var clashes: [Problem] {
        let types =
            self.services.map { ($0.name, $0.position) }
            + self.messages.values.map { ($0.swiftName, $0.position) }
            + self.enums.values.map { ($0.swiftName, $0.position) }
        let own = types.filter { self.files.contains($0.1.file) }.sorted { $0.1 < $1.1 }
        var first: [String: SourcePosition] = [:]
        return own.compactMap { name, position in
            guard let earlier = first.updateValue(position, forKey: name) else { return nil }
            return Problem(position, "the Swift name \(name) is taken by the declaration at \(earlier)")
        }
    }
}
