/// A method of a service.
struct Method {
    /// How many messages go each way, as the RPC runtime names it.
    enum Kind: String { case unary, serverStreaming, clientStreaming, bidirectional }

    /// What repeating it does, from `idempotency_level`.
    enum Safety { case query, idempotent, command }

    /// Such as `PlaceHold`.
    let name: String
    /// Such as `hub.credits.v1.CreditCommands.PlaceHold`.
    let fullName: String
    /// Such as `placeHold`; with backticks if it is a word of the language.
    let swiftName: String
    let doc: DocComment
    /// Of the method itself.
    let position: SourcePosition
    /// Of its option `policy`; the method's own if there is none.
    let policyPosition: SourcePosition
    /// Of its option `google.api.http`; the method's own if there is none.
    let routePosition: SourcePosition

    let request: MessageType
    let response: MessageType
    let kind: Kind
    let safety: Safety
    /// Without `access` if the proto file gives none. Its rate class is the one that counts, also where the file leaves it
    /// to the default.
    let policy: Policy
    /// The ways to reach it over HTTP; the first one is the main one. None if it takes a stream.
    let bindings: [HTTPBinding]

    /// Whether the client sends any number of messages.
    var streamsRequests: Bool { self.kind == .clientStreaming || self.kind == .bidirectional }

    /// Whether the server sends any number of messages.
    var streamsResponses: Bool { self.kind == .serverStreaming || self.kind == .bidirectional }

    /// The field with the caller's idempotency key.
    var requestID: Field? {
        self.request.fields.first { $0.name == "request_id" && $0.kind == .string && !$0.isRepeated }
    }

    /// The request field that names whom the call is about.
    var subject: Field? {
        self.request.field(named: self.policy.permission.subjectField)
    }
}
