extension Cell.Content {
    /// Reads a one-dimensional array: dimensions, flags, element type, then length and lower bound, then the elements.
    func array<Element>(_ element: (Cell.Content) throws -> Element) throws -> [Element] {
        var reader = ArrayReader(rest: self.raw)
        guard TypeNumber.arrays.contains(self.type), let dimensions = reader.int32(), reader.int32() != nil,
            let type = reader.int32(), 0...1 ~= dimensions
        else { throw self.mismatch("a one-dimensional array") }
        guard dimensions == 1 else { return [] }
        guard let count = reader.int32(), reader.int32() != nil, count >= 0 else {
            throw self.mismatch("a one-dimensional array")
        }
        return try (0..<count).map { _ in
            guard let length = reader.int32(), let bytes = reader.take(Int(length)) else {
                throw self.mismatch("an array without NULLs")
            }
            return try element(Cell.Content(column: self.column, type: UInt32(bitPattern: type), raw: bytes))
        }
    }
}

private struct ArrayReader {
    var rest: UnsafeRawBufferPointer

    mutating func int32() -> Int32? {
        self.take(4).map { Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) }
    }

    mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard 0...self.rest.count ~= count else { return nil }
        defer { self.rest = UnsafeRawBufferPointer(rebasing: self.rest[count...]) }
        return UnsafeRawBufferPointer(rebasing: self.rest[..<count])
    }
}
