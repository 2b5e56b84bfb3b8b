/// A service of the contract: a set of commands or a set of queries.
struct Service {
    enum Kind { case commands, queries }

    /// Such as `CreditCommands`.
    let name: String
    /// Such as `hub.credits.v1.CreditCommands`.
    let fullName: String
    let doc: DocComment
    let position: SourcePosition
    let methods: [Method]

    /// By the end of its name; nil if that says neither.
    var kind: Kind? {
        if self.name.hasSuffix("Commands") { return .commands }
        return self.name.hasSuffix("Queries") ? .queries : nil
    }
}
