import SwiftProtobuf

/// What of a contract is visible on the wire or in JSON, one line for each fact.
///
/// Facts may be added. One that disappears breaks programs that were built before.
struct Compatibility {
    let facts: Set<String>

    init(_ files: [Google_Protobuf_FileDescriptorProto]) {
        var facts: Set<String> = []
        for file in files {
            for message in file.messageType { Self.add(message, in: file.package, to: &facts) }
            for `enum` in file.enumType { Self.add(`enum`, in: file.package, to: &facts) }
            for service in file.service {
                for method in service.method {
                    let streams = "\(method.clientStreaming) \(method.serverStreaming)"
                    facts.insert(
                        "method \(file.package).\(service.name)/\(method.name) \(method.inputType) \(method.outputType) "
                            + "\(streams) \(method.options.idempotencyLevel)"
                    )
                }
            }
        }
        self.facts = facts
    }

    private static func add(
        _ message: Google_Protobuf_DescriptorProto,
        in scope: String,
        to facts: inout Set<String>
    ) {
        let name = "\(scope).\(message.name)"
        facts.insert("message \(name)")
        for field in message.field {
            facts.insert(
                "field \(name).\(field.name) = \(field.number) \(field.jsonName) \(field.type) \(field.typeName) \(field.label)"
            )
        }
        for nested in message.nestedType { self.add(nested, in: name, to: &facts) }
        for nested in message.enumType { self.add(nested, in: name, to: &facts) }
    }

    private static func add(
        _ type: Google_Protobuf_EnumDescriptorProto,
        in scope: String,
        to facts: inout Set<String>
    ) {
        for value in type.value { facts.insert("value \(scope).\(type.name).\(value.name) = \(value.number)") }
    }
}
