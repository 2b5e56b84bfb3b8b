import SwiftProtobuf

/// The files of the contract, and which of them declares what.
struct ContractFiles: Sendable {
    /// A file in the form in which it is handed out.
    struct File: Sendable {
        let name: String
        let bytes: [UInt8]
        let imports: [String]
    }

    /// Names one extension.
    private struct Extension: Hashable {
        let extended: String
        let number: Int32
    }

    /// Full names of all services, in alphabetical order.
    private(set) var services: [String] = []
    private var files: [String: File] = [:]
    private var fileOfSymbol: [String: String] = [:]
    private var fileOfExtension: [Extension: String] = [:]
    private var messages: Set<String> = []

    /// - Parameter bytes: An encoded `google.protobuf.FileDescriptorSet` that is closed under imports.
    /// - Throws: If it is no such set.
    init(_ bytes: [UInt8]) throws {
        for file in try Google_Protobuf_FileDescriptorSet(serializedBytes: bytes).file {
            self.files[file.name] = File(
                name: file.name,
                bytes: try file.serializedBytes(),
                imports: file.dependency
            )
            self.index(file)
        }
        self.services.sort()
    }

    /// The file of a name.
    func file(named name: String) -> File? { self.files[name] }

    /// The file that declares a service, method, message, field, oneof, enum, value or extension.
    func file(declaring symbol: String) -> File? {
        self.fileOfSymbol[symbol].flatMap { self.files[$0] }
    }

    /// The file that declares an extension.
    func file(extending message: String, by number: Int32) -> File? {
        self.fileOfExtension[Extension(extended: message, number: number)].flatMap { self.files[$0] }
    }

    /// The numbers of a message's extensions, rising; nil if there is no such message.
    func extensions(of message: String) -> [Int32]? {
        guard self.messages.contains(message) else { return nil }
        return self.fileOfExtension.keys.filter { $0.extended == message }.map(\.number).sorted()
    }
}

// MARK: - Making the index

extension ContractFiles {
    private mutating func index(_ file: Google_Protobuf_FileDescriptorProto) {
        for service in file.service {
            let name = Self.join(file.package, service.name)
            self.services.append(name)
            self.fileOfSymbol[name] = file.name
            for method in service.method { self.fileOfSymbol[Self.join(name, method.name)] = file.name }
        }
        for message in file.messageType { self.index(message, in: file.package, file.name) }
        for type in file.enumType { self.index(type, in: file.package, file.name) }
        for field in file.extension { self.index(extension: field, in: file.package, file.name) }
    }

    private mutating func index(_ message: Google_Protobuf_DescriptorProto, in scope: String, _ file: String) {
        let name = Self.join(scope, message.name)
        self.messages.insert(name)
        self.fileOfSymbol[name] = file
        for field in message.field { self.fileOfSymbol[Self.join(name, field.name)] = file }
        for oneof in message.oneofDecl { self.fileOfSymbol[Self.join(name, oneof.name)] = file }
        for inner in message.nestedType { self.index(inner, in: name, file) }
        for inner in message.enumType { self.index(inner, in: name, file) }
        for field in message.extension { self.index(extension: field, in: name, file) }
    }

    /// Values of an enum are siblings of it.
    private mutating func index(_ type: Google_Protobuf_EnumDescriptorProto, in scope: String, _ file: String) {
        self.fileOfSymbol[Self.join(scope, type.name)] = file
        for value in type.value { self.fileOfSymbol[Self.join(scope, value.name)] = file }
    }

    private mutating func index(
        extension field: Google_Protobuf_FieldDescriptorProto,
        in scope: String,
        _ file: String
    ) {
        let extended = String(field.extendee.drop { $0 == "." })
        self.fileOfSymbol[Self.join(scope, field.name)] = file
        self.fileOfExtension[Extension(extended: extended, number: field.number)] = file
    }

    private static func join(_ scope: String, _ name: String) -> String {
        scope.isEmpty ? name : "\(scope).\(name)"
    }
}
