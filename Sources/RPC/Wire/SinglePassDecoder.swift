internal import Foundation
internal import SwiftProtobuf

/// Decodes a message that holds nothing unusual. swift-protobuf's decoder keeps account of what it does not know, and
/// looks at each character of a text twice.
///
/// A message that has maps, groups, packed numbers or unknown fields, and one that is malformed, is left to
/// swift-protobuf: `Unfit` is thrown, and what was decoded is worth nothing.
struct SinglePassDecoder: Decoder {
    /// The message must be decoded another way.
    struct Unfit: Error {}

    /// As the encoding of protobuf numbers them.
    private enum WireType: UInt64 {
        case varint, fixed64, lengthDelimited
        case fixed32 = 5
    }

    /// Messages deeper within others are for swift-protobuf to take or to refuse.
    private static let deepest = 64

    private var next: UnsafeRawPointer
    private let end: UnsafeRawPointer
    private let depth: Int
    /// How the field is encoded whose number was read, until its value is.
    private var awaited: UInt64?

    private init(_ bytes: UnsafeRawBufferPointer, at start: UnsafeRawPointer, depth: Int) throws(Unfit) {
        guard depth <= Self.deepest else { throw Unfit() }
        (self.next, self.end, self.depth) = (start, start + bytes.count, depth)
    }

    /// Adds the fields of encoded bytes to a message.
    static func decode(_ bytes: RawSpan, into message: inout some Message) throws {
        try bytes.withUnsafeBytes { try Self.decode($0, into: &message, depth: 0) }
    }

    private static func decode(
        _ bytes: UnsafeRawBufferPointer,
        into message: inout some Message,
        depth: Int
    ) throws {
        guard let start = bytes.baseAddress else { return }
        var decoder = try SinglePassDecoder(bytes, at: start, depth: depth)
        try message.decodeMessage(decoder: &decoder)
    }

    mutating func nextFieldNumber() throws -> Int? {
        // A message passes over the numbers that it does not know.
        guard self.awaited == nil else { throw Unfit() }
        guard self.next < self.end else { return nil }
        let tag = try self.number()
        guard let number = Int(exactly: tag >> 3), (1...Self.highestNumber).contains(number) else { throw Unfit() }
        self.awaited = tag & 7
        return number
    }

    mutating func handleConflictingOneOf() throws {}  // the last one counts

    // MARK: - Pieces

    private static let highestNumber = 1 << 29 - 1

    private mutating func take(_ type: WireType) throws(Unfit) {
        guard self.awaited == type.rawValue else { throw Unfit() }
        self.awaited = nil
    }

    private mutating func varint() throws(Unfit) -> UInt64 {
        try self.take(.varint)
        return try self.number()
    }

    private mutating func fixed<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: WireType
    ) throws(Unfit) -> Value {
        try self.take(type)
        let size = MemoryLayout<Value>.size
        guard self.end - self.next >= size else { throw Unfit() }
        defer { self.next += size }
        return Value(littleEndian: self.next.loadUnaligned(as: Value.self))
    }

    private mutating func bytes() throws(Unfit) -> UnsafeRawBufferPointer {
        try self.take(.lengthDelimited)
        let count = try self.number()
        guard count <= UInt64(self.end - self.next) else { throw Unfit() }
        defer { self.next += Int(count) }
        return UnsafeRawBufferPointer(start: self.next, count: Int(count))
    }

    private mutating func string() throws(Unfit) -> String {
        let bytes = try self.bytes().assumingMemoryBound(to: UInt8.self)
        guard bytes.span.isText else { throw Unfit() }
        return String(decoding: bytes, as: UTF8.self)
    }

    @inline(__always)  // Nearly all have one byte.
    private mutating func number() throws(Unfit) -> UInt64 {
        guard self.next < self.end else { throw Unfit() }
        let byte = self.next.load(as: UInt8.self)
        guard byte < 0x80 else { return try self.longNumber() }
        self.next += 1
        return UInt64(byte)
    }

    private mutating func longNumber() throws(Unfit) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while self.next < self.end, shift < 64 {
            let byte = self.next.load(as: UInt8.self)
            self.next += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Unfit()
    }

    private mutating func int32() throws(Unfit) -> Int32 { Int32(truncatingIfNeeded: try self.varint()) }

    private mutating func int64() throws(Unfit) -> Int64 { Int64(bitPattern: try self.varint()) }

    private mutating func uint32() throws(Unfit) -> UInt32 { UInt32(truncatingIfNeeded: try self.varint()) }

    private mutating func float() throws(Unfit) -> Float { Float(bitPattern: try self.fixed(.fixed32)) }

    private mutating func double() throws(Unfit) -> Double { Double(bitPattern: try self.fixed(.fixed64)) }

    /// A number whose lowest bit is its sign.
    private mutating func signed64() throws(Unfit) -> Int64 {
        let folded = try self.varint()
        return Int64(bitPattern: folded >> 1) ^ -Int64(folded & 1)
    }

    private mutating func signed32() throws(Unfit) -> Int32 {
        let folded = UInt32(truncatingIfNeeded: try self.varint())
        return Int32(bitPattern: folded >> 1) ^ -Int32(folded & 1)
    }
}

extension Message {
    /// Decodes a message into one without content.
    ///
    /// - Throws: What swift-protobuf throws if the bytes are not such a message.
    mutating func decode(_ bytes: RawSpan) throws {
        do {
            try SinglePassDecoder.decode(bytes, into: &self)
            if self.isInitialized { return }
        } catch {}
        self = try Self(serializedBytes: bytes)
    }
}

// MARK: - Kinds of fields

extension SinglePassDecoder {
    mutating func decodeSingularInt32Field(value: inout Int32) throws { value = try self.int32() }
    mutating func decodeSingularInt32Field(value: inout Int32?) throws { value = try self.int32() }
    mutating func decodeRepeatedInt32Field(value: inout [Int32]) throws { value.append(try self.int32()) }
    mutating func decodeSingularInt64Field(value: inout Int64) throws { value = try self.int64() }
    mutating func decodeSingularInt64Field(value: inout Int64?) throws { value = try self.int64() }
    mutating func decodeRepeatedInt64Field(value: inout [Int64]) throws { value.append(try self.int64()) }
    mutating func decodeSingularUInt32Field(value: inout UInt32) throws { value = try self.uint32() }
    mutating func decodeSingularUInt32Field(value: inout UInt32?) throws { value = try self.uint32() }
    mutating func decodeRepeatedUInt32Field(value: inout [UInt32]) throws { value.append(try self.uint32()) }
    mutating func decodeSingularUInt64Field(value: inout UInt64) throws { value = try self.varint() }
    mutating func decodeSingularUInt64Field(value: inout UInt64?) throws { value = try self.varint() }
    mutating func decodeRepeatedUInt64Field(value: inout [UInt64]) throws { value.append(try self.varint()) }
    mutating func decodeSingularSInt32Field(value: inout Int32) throws { value = try self.signed32() }
    mutating func decodeSingularSInt32Field(value: inout Int32?) throws { value = try self.signed32() }
    mutating func decodeRepeatedSInt32Field(value: inout [Int32]) throws { value.append(try self.signed32()) }
    mutating func decodeSingularSInt64Field(value: inout Int64) throws { value = try self.signed64() }
    mutating func decodeSingularSInt64Field(value: inout Int64?) throws { value = try self.signed64() }
    mutating func decodeRepeatedSInt64Field(value: inout [Int64]) throws { value.append(try self.signed64()) }
    mutating func decodeSingularFixed32Field(value: inout UInt32) throws { value = try self.fixed(.fixed32) }
    mutating func decodeSingularFixed32Field(value: inout UInt32?) throws { value = try self.fixed(.fixed32) }
    mutating func decodeRepeatedFixed32Field(value: inout [UInt32]) throws { value.append(try self.fixed(.fixed32)) }
    mutating func decodeSingularFixed64Field(value: inout UInt64) throws { value = try self.fixed(.fixed64) }
    mutating func decodeSingularFixed64Field(value: inout UInt64?) throws { value = try self.fixed(.fixed64) }
    mutating func decodeRepeatedFixed64Field(value: inout [UInt64]) throws { value.append(try self.fixed(.fixed64)) }
    mutating func decodeSingularSFixed32Field(value: inout Int32) throws { value = try self.fixed(.fixed32) }
    mutating func decodeSingularSFixed32Field(value: inout Int32?) throws { value = try self.fixed(.fixed32) }
    mutating func decodeRepeatedSFixed32Field(value: inout [Int32]) throws { value.append(try self.fixed(.fixed32)) }
    mutating func decodeSingularSFixed64Field(value: inout Int64) throws { value = try self.fixed(.fixed64) }
    mutating func decodeSingularSFixed64Field(value: inout Int64?) throws { value = try self.fixed(.fixed64) }
    mutating func decodeRepeatedSFixed64Field(value: inout [Int64]) throws { value.append(try self.fixed(.fixed64)) }
    mutating func decodeSingularFloatField(value: inout Float) throws { value = try self.float() }
    mutating func decodeSingularFloatField(value: inout Float?) throws { value = try self.float() }
    mutating func decodeRepeatedFloatField(value: inout [Float]) throws { value.append(try self.float()) }
    mutating func decodeSingularDoubleField(value: inout Double) throws { value = try self.double() }
    mutating func decodeSingularDoubleField(value: inout Double?) throws { value = try self.double() }
    mutating func decodeRepeatedDoubleField(value: inout [Double]) throws { value.append(try self.double()) }
    mutating func decodeSingularBoolField(value: inout Bool) throws { value = try self.varint() != 0 }
    mutating func decodeSingularBoolField(value: inout Bool?) throws { value = try self.varint() != 0 }
    mutating func decodeRepeatedBoolField(value: inout [Bool]) throws { value.append(try self.varint() != 0) }
    mutating func decodeSingularStringField(value: inout String) throws { value = try self.string() }
    mutating func decodeSingularStringField(value: inout String?) throws { value = try self.string() }
    mutating func decodeRepeatedStringField(value: inout [String]) throws { value.append(try self.string()) }
    mutating func decodeSingularBytesField(value: inout Data) throws { value = Data(try self.bytes()) }
    mutating func decodeSingularBytesField(value: inout Data?) throws { value = Data(try self.bytes()) }
    mutating func decodeRepeatedBytesField(value: inout [Data]) throws { value.append(Data(try self.bytes())) }

    mutating func decodeSingularEnumField<E: Enum>(value: inout E) throws where E.RawValue == Int {
        value = try self.enumCase()
    }

    mutating func decodeSingularEnumField<E: Enum>(value: inout E?) throws where E.RawValue == Int {
        value = try self.enumCase()
    }

    mutating func decodeRepeatedEnumField<E: Enum>(value: inout [E]) throws where E.RawValue == Int {
        value.append(try self.enumCase())
    }

    private mutating func enumCase<E: Enum>() throws -> E where E.RawValue == Int {
        guard let value = E(rawValue: Int(Int32(truncatingIfNeeded: try self.varint()))) else { throw Unfit() }
        return value
    }

    mutating func decodeSingularMessageField<M: Message>(value: inout M?) throws {
        // Two fields with the same number are one message.
        var message = value ?? M()
        try Self.decode(try self.bytes(), into: &message, depth: self.depth + 1)
        value = message
    }

    mutating func decodeRepeatedMessageField<M: Message>(value: inout [M]) throws {
        var message = M()
        try Self.decode(try self.bytes(), into: &message, depth: self.depth + 1)
        value.append(message)
    }
}

// MARK: - What swift-protobuf does

extension SinglePassDecoder {
    mutating func decodeSingularGroupField<G: Message>(value: inout G?) throws { throw Unfit() }
    mutating func decodeRepeatedGroupField<G: Message>(value: inout [G]) throws { throw Unfit() }

    mutating func decodeMapField<Key, Value: MapValueType>(
        fieldType: _ProtobufMap<Key, Value>.Type,
        value: inout _ProtobufMap<Key, Value>.BaseType
    ) throws { throw Unfit() }

    mutating func decodeMapField<Key, Value>(
        fieldType: _ProtobufEnumMap<Key, Value>.Type,
        value: inout _ProtobufEnumMap<Key, Value>.BaseType
    ) throws where Value.RawValue == Int { throw Unfit() }

    mutating func decodeMapField<Key, Value>(
        fieldType: _ProtobufMessageMap<Key, Value>.Type,
        value: inout _ProtobufMessageMap<Key, Value>.BaseType
    ) throws { throw Unfit() }

    mutating func decodeExtensionField(
        values: inout ExtensionFieldValueSet,
        messageType: any Message.Type,
        fieldNumber: Int
    ) throws { throw Unfit() }
}
