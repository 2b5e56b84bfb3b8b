internal import Foundation
internal import SwiftProtobuf

/// Encodes a message in one pass into memory that may be too short. swift-protobuf first measures each message, which takes
/// nearly as long again.
///
/// A message that has maps, packed fields or groups, and one that does not fit, is left to swift-protobuf: `Unfit` is thrown,
/// and what was written is worth nothing.
struct SinglePassEncoder: Visitor {
    /// The message must be encoded another way.
    struct Unfit: Error {}

    /// As the encoding of protobuf numbers them.
    private enum WireType: Int {
        case varint, fixed64, lengthDelimited
        case fixed32 = 5
    }

    private let start: UnsafeMutableRawPointer
    private var next: UnsafeMutableRawPointer
    private let end: UnsafeMutableRawPointer

    /// Writes to the start of some memory, of at least one byte.
    init(into memory: UnsafeMutableRawBufferPointer) throws(Unfit) {
        guard let start = memory.baseAddress else { throw Unfit() }
        (self.start, self.next, self.end) = (start, start, start + memory.count)
    }

    /// How many bytes are written.
    var count: Int { self.next - self.start }

    // MARK: - Numbers

    mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) throws {
        try self.putTag(fieldNumber, .varint)
        try self.putVarint(value)
    }

    mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) throws {
        try self.visitSingularUInt64Field(value: UInt64(bitPattern: value), fieldNumber: fieldNumber)
    }

    mutating func visitSingularSInt32Field(value: Int32, fieldNumber: Int) throws {
        try self.visitSingularSInt64Field(value: Int64(value), fieldNumber: fieldNumber)
    }

    mutating func visitSingularSInt64Field(value: Int64, fieldNumber: Int) throws {
        let zigzag = UInt64(bitPattern: value << 1 ^ value >> 63)
        try self.visitSingularUInt64Field(value: zigzag, fieldNumber: fieldNumber)
    }

    mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) throws {
        try self.visitSingularUInt64Field(value: value ? 1 : 0, fieldNumber: fieldNumber)
    }

    mutating func visitSingularEnumField<E: Enum>(value: E, fieldNumber: Int) throws {
        try self.visitSingularInt64Field(value: Int64(value.rawValue), fieldNumber: fieldNumber)
    }

    mutating func visitSingularFixed32Field(value: UInt32, fieldNumber: Int) throws {
        try self.putTag(fieldNumber, .fixed32)
        try self.putLittleEndian(value)
    }

    mutating func visitSingularFixed64Field(value: UInt64, fieldNumber: Int) throws {
        try self.putTag(fieldNumber, .fixed64)
        try self.putLittleEndian(value)
    }

    mutating func visitSingularSFixed32Field(value: Int32, fieldNumber: Int) throws {
        try self.visitSingularFixed32Field(value: UInt32(bitPattern: value), fieldNumber: fieldNumber)
    }

    mutating func visitSingularSFixed64Field(value: Int64, fieldNumber: Int) throws {
        try self.visitSingularFixed64Field(value: UInt64(bitPattern: value), fieldNumber: fieldNumber)
    }

    mutating func visitSingularFloatField(value: Float, fieldNumber: Int) throws {
        try self.visitSingularFixed32Field(value: value.bitPattern, fieldNumber: fieldNumber)
    }

    mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) throws {
        try self.visitSingularFixed64Field(value: value.bitPattern, fieldNumber: fieldNumber)
    }

    // MARK: - Bytes

    mutating func visitSingularStringField(value: String, fieldNumber: Int) throws {
        // The mutable copy that the other way needs is dear.
        let isPut: Void? = try value.utf8.withContiguousStorageIfAvailable {
            try self.putField(fieldNumber, UnsafeRawBufferPointer($0))
        }
        guard isPut == nil else { return }
        var value = value
        try value.withUTF8 { try self.putField(fieldNumber, UnsafeRawBufferPointer($0)) }
    }

    mutating func visitSingularBytesField(value: Data, fieldNumber: Int) throws {
        try value.withUnsafeBytes { try self.putField(fieldNumber, $0) }
    }

    mutating func visitUnknown(bytes: Data) throws {
        try bytes.withUnsafeBytes { try self.put($0) }
    }

    /// A message in the message. Its length is put in front once it is known, and moves it if it takes more than a byte.
    mutating func visitSingularMessageField<M: Message>(value: M, fieldNumber: Int) throws {
        try self.putTag(fieldNumber, .lengthDelimited)
        try self.need(1)
        let length = self.next
        self.next += 1
        try value.traverse(visitor: &self)
        let count = self.next - length - 1
        guard count >= 0x80 else { return length.storeBytes(of: UInt8(count), as: UInt8.self) }
        let size = Envelope.size(ofVarint: UInt64(count))
        try self.need(size - 1)
        (length + size).copyMemory(from: length + 1, byteCount: count)
        self.next = length
        try self.putVarint(UInt64(count))
        self.next += count
    }

    // MARK: - Pieces

    private mutating func need(_ count: Int) throws(Unfit) {
        guard self.end - self.next >= count else { throw Unfit() }
    }

    private mutating func putTag(_ fieldNumber: Int, _ type: WireType) throws(Unfit) {
        try self.putVarint(UInt64(fieldNumber << 3 | type.rawValue))
    }

    @inline(__always)
    private mutating func putVarint(_ value: UInt64) throws(Unfit) {
        if value < 0x80 { try self.putLittleEndian(UInt8(value)) } else { try self.putLongVarint(value) }
    }

    private mutating func putLongVarint(_ value: UInt64) throws(Unfit) {
        var rest = value
        while rest >= 0x80 {
            try self.putLittleEndian(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        try self.putLittleEndian(UInt8(rest))
    }

    private mutating func putLittleEndian(_ value: some FixedWidthInteger & BitwiseCopyable) throws(Unfit) {
        let size = MemoryLayout.size(ofValue: value)
        try self.need(size)
        self.next.storeBytes(of: value.littleEndian, as: type(of: value))
        self.next += size
    }

    private mutating func putField(_ fieldNumber: Int, _ bytes: UnsafeRawBufferPointer) throws(Unfit) {
        if fieldNumber < 0x10, bytes.count < 0x80 {
            // Tag and length are a byte each, as of nearly all fields.
            try self.need(2 + bytes.count)
            let tag = UInt16(fieldNumber << 3 | WireType.lengthDelimited.rawValue)
            self.next.storeBytes(of: (tag | UInt16(bytes.count) << 8).littleEndian, as: UInt16.self)
            self.next += 2
        } else {
            try self.putTag(fieldNumber, .lengthDelimited)
            try self.putVarint(UInt64(bytes.count))
        }
        try self.put(bytes)
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer) throws(Unfit) {
        try self.need(bytes.count)
        if let source = bytes.baseAddress { self.next.copyMemory(from: source, byteCount: bytes.count) }
        self.next += bytes.count
    }
}

// MARK: - What swift-protobuf does

extension SinglePassEncoder {
    mutating func visitSingularGroupField<G: Message>(value: G, fieldNumber: Int) throws { throw Unfit() }
    mutating func visitExtensionFieldsAsMessageSet(fields: ExtensionFieldValueSet, start: Int, end: Int) throws {
        throw Unfit()
    }

    mutating func visitPackedFloatField(value: [Float], fieldNumber: Int) throws { throw Unfit() }
    mutating func visitPackedDoubleField(value: [Double], fieldNumber: Int) throws { throw Unfit() }
    mutating func visitPackedInt32Field(value: [Int32], fieldNumber: Int) throws { throw Unfit() }
    mutating func visitPackedInt64Field(value: [Int64], fieldNumber: Int) throws { throw Unfit() }
    mutating func visitPackedUInt32Field(value: [UInt32], fieldNumber: Int) throws { throw Unfit() }
    mutating func visitPackedUInt64Field(value: [UInt64], fieldNumber: Int) throws { throw Unfit() }
    mutating func visitPackedBoolField(value: [Bool], fieldNumber: Int) throws { throw Unfit() }
    mutating func visitPackedEnumField<E: Enum>(value: [E], fieldNumber: Int) throws { throw Unfit() }

    mutating func visitMapField<Key, Value: MapValueType>(
        fieldType: _ProtobufMap<Key, Value>.Type,
        value: _ProtobufMap<Key, Value>.BaseType,
        fieldNumber: Int
    ) throws { throw Unfit() }

    mutating func visitMapField<Key, Value>(
        fieldType: _ProtobufEnumMap<Key, Value>.Type,
        value: _ProtobufEnumMap<Key, Value>.BaseType,
        fieldNumber: Int
    ) throws { throw Unfit() }

    mutating func visitMapField<Key, Value>(
        fieldType: _ProtobufMessageMap<Key, Value>.Type,
        value: _ProtobufMessageMap<Key, Value>.BaseType,
        fieldNumber: Int
    ) throws { throw Unfit() }
}
