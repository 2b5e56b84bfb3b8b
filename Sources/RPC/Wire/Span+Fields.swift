/// Reading protobuf fields by hand: positions only, nothing is copied.
extension Span<UInt8> {
    /// One field of a message.
    enum Field {
        case varint(number: UInt64, UInt64)
        case bytes(number: UInt64, Range<Int>)
        /// Of a kind the envelopes do not use.
        case skipped
    }

    /// Reads the field at `index` and moves behind it.
    @inline(__always)  // The callers look at what it is at once.
    func field(at index: inout Int) throws(MalformedEnvelope) -> Field {
        let tag = try self.varint(at: &index)
        let number = tag >> 3
        guard number > 0 else { throw MalformedEnvelope() }
        switch tag & 7 {
        case 0: return .varint(number: number, try self.varint(at: &index))
        case 1: return try self.skip(8, at: &index)
        case 2:
            let length = try self.varint(at: &index)
            guard length <= UInt64(self.count - index) else { throw MalformedEnvelope() }
            let start = index
            index += Int(length)
            return .bytes(number: number, start..<index)
        case 5: return try self.skip(4, at: &index)
        default: throw MalformedEnvelope()
        }
    }

    /// Reads a number of up to ten bytes, seven bits each, lowest first.
    @inline(__always)  // Nearly all have one byte.
    func varint(at index: inout Int) throws(MalformedEnvelope) -> UInt64 {
        if index < self.count, self[index] < 0x80 {
            defer { index += 1 }
            return UInt64(self[index])
        }
        return try self.longVarint(at: &index)
    }

    private func longVarint(at index: inout Int) throws(MalformedEnvelope) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < self.count, shift < 64 {
            let byte = self[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw MalformedEnvelope()
    }

    /// Makes sure that a range is valid UTF-8.
    func checkText(_ range: Range<Int>) throws(MalformedEnvelope) {
        guard self.extracting(range).isText else { throw MalformedEnvelope() }
    }

    private func skip(_ count: Int, at index: inout Int) throws(MalformedEnvelope) -> Field {
        guard self.count - index >= count else { throw MalformedEnvelope() }
        index += count
        return .skipped
    }
}

/// The body of a frame is not the message it should be.
struct MalformedEnvelope: Error, Equatable {}
