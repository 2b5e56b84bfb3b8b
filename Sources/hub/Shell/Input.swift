import Glibc

/// An open file that people or programs give text on.
struct Input: Sendable {
    /// Most bytes of a line.
    static let lineLimit = 64 << 10
    /// Most bytes of everything: no message of the wire is larger.
    static let limit = 4 << 20

    let descriptor: Int32

    /// Whether a person writes on it.
    var isTerminal: Bool { isatty(self.descriptor) == 1 }

    /// The next line without its end, `nil` after the last one. What follows the line stays unread.
    func line() throws -> String? {
        var bytes: [UInt8] = []
        while let byte = try self.read(1).first {
            if byte == UInt8(ascii: "\n") { return try text(bytes) }
            bytes.append(byte)
            guard bytes.count <= Self.lineLimit else { throw Failure(.usage, "The line of input is too long.") }
        }
        return bytes.isEmpty ? nil : try text(bytes)
    }

    /// Everything up to the end.
    func all() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while case let piece = try self.read(64 << 10), !piece.isEmpty {
            bytes += piece
            guard bytes.count <= Self.limit else { throw Failure(.usage, "The input is larger than 4 MiB.") }
        }
        return bytes
    }

    private func read(_ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            repeat {
                filled = Glibc.read(self.descriptor, buffer.baseAddress, count)
            } while filled < 0 && errno == EINTR
            guard filled >= 0 else {
                filled = 0
                throw Failure(.failure, "Cannot read the input: \(String(cString: strerror(errno))).")
            }
        }
    }
}

/// - Throws: `Failure` when the bytes are not UTF-8.
func text(_ bytes: [UInt8]) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Failure(.usage, "The input is not UTF-8 text.")
    }
    return text
}
