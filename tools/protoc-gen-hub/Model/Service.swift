/// A service of the contract: a set of commands, a set of queries, or a service that others have defined.
struct Service {
    enum Kind { case commands, queries }

    /// Such as `CreditCommands`.
    let name: String
    /// Such as `hub.credits.v1.CreditCommands`.
    let fullName: String
    let doc: DocComment
    let position: SourcePosition
    /// Where its definition is published; empty for one of our own.
    let standard: String
    let methods: [Method]

    /// By the end of its name; nil if that says neither.
    var kind: Kind? {
        guard self.standard.isEmpty else { return nil }
        if self.name.hasSuffix("Commands") { return .commands }
        return self.name.hasSuffix("Queries") ? .queries : nil
    }
}
