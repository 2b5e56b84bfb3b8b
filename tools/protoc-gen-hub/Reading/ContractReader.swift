import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// Makes the model out of protoc's descriptors and keeps what it could not make sense of.
struct ContractReader {
    /// Names messages, enums and fields as protoc-gen-swift does.
    let namer = SwiftProtobufNamer()
    /// Rules of the proto files that cannot even be read.
    var problems: [Problem] = []
    private var messages: [String: MessageType] = [:]
    private var enums: [String: EnumType] = [:]
    private var visited: Set<String> = []

    mutating func read(_ files: [FileDescriptor]) -> Contract {
        for file in files { self.readTypes(of: file) }
        return Contract(
            files: files.map(\.name),
            services: files.flatMap(\.services).map { self.service($0) },
            messages: self.messages,
            enums: self.enums
        )
    }

    /// A message of a file that was read.
    func knownMessage(_ descriptor: Descriptor) -> MessageType {
        self.messages[descriptor.fullName] ?? self.message(descriptor)
    }

    private mutating func readTypes(of file: FileDescriptor) {
        guard self.visited.insert(file.name).inserted else { return }
        for dependency in file.dependencies { self.readTypes(of: dependency) }
        for message in file.messages { self.readMessage(message) }
        for descriptor in file.enums { self.enums[descriptor.fullName] = self.enumeration(descriptor) }
    }

    private mutating func readMessage(_ descriptor: Descriptor) {
        guard !descriptor.options.mapEntry else { return }
        self.messages[descriptor.fullName] = self.message(descriptor)
        for inner in descriptor.messages { self.readMessage(inner) }
        for inner in descriptor.enums { self.enums[inner.fullName] = self.enumeration(inner) }
    }
}
