import struct Foundation.Date
import struct Foundation.UUID

/// The parameters of one statement in the form libpq sends them.
struct ParameterBlock: Sendable {
    /// Most parameters that one statement can have in the protocol.
    static let countLimit = Int(UInt16.max)
    /// Most bytes of parameters that one statement may carry.
    static let byteLimit = 64 << 20

    private struct Slot {
        /// Where the value starts in `bytes`; negative for NULL.
        var offset: Int
        var length: Int
        var isBinary: Bool
    }

    private var bytes: [UInt8] = []
    private var slots: [Slot] = []

    /// No parameters.
    static let empty = ParameterBlock()

    /// Bytes of all values together.
    var size: Int { self.bytes.count }

    private init() {}

    init(_ parameters: [Parameter]) throws(PostgresError) {
        guard parameters.count <= Self.countLimit else {
            throw PostgresError(.invalidParameter, "\(parameters.count) parameters are more than \(Self.countLimit)")
        }
        self.slots.reserveCapacity(parameters.count)
        for (index, parameter) in parameters.enumerated() {
            try self.append(parameter, number: index + 1)
            guard self.size <= Self.byteLimit else {
                throw PostgresError(.invalidParameter, "the parameters are larger than \(Self.byteLimit) bytes")
            }
        }
    }

    private mutating func append(_ parameter: Parameter, number: Int) throws(PostgresError) {
        switch parameter {
        case .null: self.slots.append(Slot(offset: -1, length: 0, isBinary: false))
        case .int(let value): self.append(text: String(value))
        case .double(let value): self.append(text: String(value))
        case .text(let value): try self.append(text: value, number: number)
        case .bytes(let value): self.append(binary: value)
        case .uuid(let value): self.append(text: value.uuidString)
        case .bool(let value): self.append(text: value ? "t" : "f")
        case .date(let value): self.append(binary: try Self.timestamp(value, number: number))
        case .uuids(let values): self.append(text: "{" + values.map(\.uuidString).joined(separator: ",") + "}")
        case .ints(let values): self.append(text: "{" + values.map { String($0) }.joined(separator: ",") + "}")
        case .array(let values): self.append(binary: values.encoded)
        case .texts(let values): try self.append(text: Self.arrayLiteral(values), number: number)
        }
    }

    /// libpq takes a text up to its first NUL byte, so a text that holds one must not get that far.
    private mutating func append(text: String, number: Int) throws(PostgresError) {
        guard !text.utf8.contains(0) else {
            throw PostgresError(.invalidParameter, "the text of parameter $\(number) holds a NUL character")
        }
        self.append(text: text)
    }

    private mutating func append(text: String) {
        self.slots.append(Slot(offset: self.bytes.count, length: text.utf8.count, isBinary: false))
        self.bytes.append(contentsOf: text.utf8)
        self.bytes.append(0)
    }

    private mutating func append(binary: [UInt8]) {
        self.slots.append(Slot(offset: self.bytes.count, length: binary.count, isBinary: true))
        self.bytes.append(contentsOf: binary)
        self.bytes.append(0)  // keeps an empty value's pointer inside the block
    }

    private static func arrayLiteral(_ values: [String]) -> String {
        var literal = "{"
        for value in values {
            if literal.utf8.count > 1 { literal.append(",") }
            literal.append("\"")
            for scalar in value.unicodeScalars {
                if scalar == "\"" || scalar == "\\" { literal.append("\\") }
                literal.unicodeScalars.append(scalar)
            }
            literal.append("\"")
        }
        return literal + "}"
    }

    private static func timestamp(_ date: Date, number: Int) throws(PostgresError) -> [UInt8] {
        let microseconds = (date.timeIntervalSinceReferenceDate * 1_000_000).rounded()
        guard let sinceReference = Int64(exactly: microseconds), abs(sinceReference) < Timestamp.limit else {
            throw PostgresError(.invalidParameter, "the date of parameter $\(number) is out of range")
        }
        return withUnsafeBytes(of: (sinceReference + Timestamp.referenceOffset).bigEndian) { Array($0) }
    }

    /// Hands over what libpq wants: count, values, lengths and formats, valid during the call.
    func withPointers<Value>(
        _ body: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Value
    ) -> Value {
        let lengths = self.slots.map { Int32($0.length) }
        let formats = self.slots.map { $0.isBinary ? Int32(1) : 0 }
        return self.bytes.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = self.slots.map { $0.offset < 0 ? nil : start?.advanced(by: $0.offset) }
            return body(Int32(self.slots.count), values, lengths, formats)
        }
    }
}
