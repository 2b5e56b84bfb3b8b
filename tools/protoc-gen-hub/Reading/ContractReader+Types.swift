import SwiftProtobuf
import SwiftProtobufPluginLibrary

extension ContractReader {
    func message(_ descriptor: Descriptor) -> MessageType {
        MessageType(
            name: withoutPackage(descriptor.fullName, in: descriptor.file),
            fullName: descriptor.fullName,
            swiftName: self.namer.fullName(message: descriptor),
            doc: descriptor.doc,
            position: descriptor.position(),
            fields: descriptor.fields.map { self.field($0) }
        )
    }

    func enumeration(_ descriptor: EnumDescriptor) -> EnumType {
        EnumType(
            name: withoutPackage(descriptor.fullName, in: descriptor.file),
            fullName: descriptor.fullName,
            swiftName: self.namer.fullName(enum: descriptor),
            doc: descriptor.doc,
            position: descriptor.position(),
            values: descriptor.values.map { self.value($0) }
        )
    }

    private func value(_ descriptor: EnumValueDescriptor) -> EnumType.Value {
        EnumType.Value(
            name: descriptor.name,
            swiftName: self.namer.relativeName(enumValue: descriptor),
            number: descriptor.number,
            doc: descriptor.doc,
            position: descriptor.position()
        )
    }

    private func field(_ descriptor: FieldDescriptor) -> Field {
        Field(
            name: descriptor.name,
            jsonName: descriptor.jsonName ?? NamingUtils.toJsonFieldName(descriptor.name),
            swiftName: self.namer.messagePropertyNames(field: descriptor, prefixed: "", includeHasAndClear: false).name,
            kind: Field.Kind(descriptor),
            isRepeated: descriptor.isRepeated && !descriptor.isMap,
            hasPresence: descriptor.hasPresence,
            oneof: descriptor.realContainingOneof?.name,
            marker: descriptor.options.marker,
            doc: descriptor.doc,
            position: descriptor.position()
        )
    }
}

extension Field.Kind {
    fileprivate init(_ descriptor: FieldDescriptor) {
        switch descriptor.type {
        case .double: self = .double
        case .float: self = .float
        case .int32, .sint32, .sfixed32: self = .int32
        case .int64, .sint64, .sfixed64: self = .int64
        case .uint32, .fixed32: self = .uint32
        case .uint64, .fixed64: self = .uint64
        case .bool: self = .bool
        case .string: self = .string
        case .bytes: self = .bytes
        case .enum: self = .enumeration(descriptor.enumType.fullName)
        case .message, .group: self = Self.messageOrMap(descriptor.messageType)
        }
    }

    private static func messageOrMap(_ descriptor: Descriptor) -> Self {
        guard let entry = descriptor.mapKeyAndValue else { return .message(descriptor.fullName) }
        return .map(key: Self(entry.key), value: Self(entry.value))
    }
}

private func withoutPackage(_ name: String, in file: FileDescriptor) -> String {
    file.package.isEmpty ? name : String(name.dropFirst(file.package.count + 1))
}
