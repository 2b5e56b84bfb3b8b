extension Contract {
    /// Options that every command has, and the one member of a command that no field may be named after.
    private static let takenNames: Set<String> = ["call", "help", "json", "output", "server", "timeout", "verbose"]

    /// A field that becomes an option must not be named as an option of all commands.
    var commandLineProblems: [Problem] {
        var seen: Set<String> = []
        let requests = self.callableMethods.map(\.request).filter { seen.insert($0.fullName).inserted }
        return requests.flatMap { request in
            request.fields
                .filter { self.argument($0) != nil && Self.takenNames.contains($0.name.commandLineName) }
                .map { Problem($0.position, "the command line needs the name '\($0.name)' for itself") }
        }
    }
}
