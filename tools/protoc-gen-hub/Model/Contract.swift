/// What the proto files say, in the words the emitters need.
struct Contract {
    /// The proto files that it was made from, in the order protoc was given; what they import is not among them.
    let files: [String]
    /// In the order of the files, then of declaration.
    let services: [Service]
    /// Every message of the files and of what they import, by its full proto name.
    let messages: [String: MessageType]
    /// Every enum of the files and of what they import, by its full proto name.
    let enums: [String: EnumType]

    /// Every method of every service.
    var methods: [Method] { self.services.flatMap(\.methods) }

    /// Those that the command line and HTTP can call: the request is one message.
    var callableMethods: [Method] { self.methods.filter { !$0.streamsRequests } }

    /// The fields along `path`, such as `a` and `b` of `a.b`, from `message` inwards; nil if there is no such path.
    func fields(along path: [String], from message: MessageType) -> [Field]? {
        guard let name = path.first, let field = message.field(named: name) else { return nil }
        guard path.count > 1 else { return [field] }
        guard case .message(let type) = field.kind, !field.isRepeated else { return nil }
        guard let inner = self.messages[type] else { return nil }
        return self.fields(along: Array(path.dropFirst()), from: inner).map { [field] + $0 }
    }
}
