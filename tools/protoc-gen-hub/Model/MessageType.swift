/// A message of the contract or of what it imports.
struct MessageType {
    /// Without the package, such as `Hold` or `BadRequest.FieldViolation`.
    let name: String
    /// Such as `hub.credits.v1.Hold`.
    let fullName: String
    /// As protoc-gen-swift names it.
    let swiftName: String
    let doc: DocComment
    let position: SourcePosition
    /// In the order of declaration.
    let fields: [Field]

    func field(named name: String) -> Field? {
        self.fields.first { $0.name == name }
    }

    /// The field with a piece of a CSV text, if its messages are such pieces.
    var csv: Field? {
        self.fields.first { $0.marker.csv }
    }

    /// Fields of which at most one is set, by the name of their oneof, in the order of declaration.
    var choices: [(name: String, fields: [Field])] {
        var names: [String] = []
        for case let name? in self.fields.map(\.oneof) where !names.contains(name) { names.append(name) }
        return names.map { name in (name, self.fields.filter { $0.oneof == name }) }
    }
}
