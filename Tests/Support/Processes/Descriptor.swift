import Glibc

/// A file descriptor of ours; not inherited by programs.
struct Descriptor: Sendable {
    let number: Int32

    func close() {
        _ = Glibc.close(self.number)
    }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(self.number, bytes, bytes.count)
    }
}

/// Two descriptors: what is written to one is read from the other, which does not block.
struct Pipe: Sendable {
    let readEnd: Descriptor
    let writeEnd: Descriptor

    init() throws {
        var numbers: [Int32] = [0, 0]
        try Launch.exclusively {
            guard pipe(&numbers) == 0 else {
                throw Program.LaunchError(description: "no pipe: \(String(cString: strerror(errno)))")
            }
            numbers.forEach { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
        }
        self.readEnd = Descriptor(number: numbers[0])
        self.writeEnd = Descriptor(number: numbers[1])
    }
}

/// Splits what comes out of a pipe into lines.
struct LineReader {
    /// Longest line that is kept whole.
    private static let lineLimit = 1 << 20

    private let descriptor: Descriptor
    private var isOpen = true
    private var rest: [UInt8] = []

    init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
        _ = fcntl(descriptor.number, F_SETFL, O_NONBLOCK)
    }

    var openNumber: Int32? { self.isOpen ? self.descriptor.number : nil }

    /// The whole lines that have come.
    mutating func read() -> [String] {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while self.isOpen {
            let count = Glibc.read(self.descriptor.number, &chunk, chunk.count)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN { break }
                self.isOpen = false
                self.descriptor.close()
                break
            }
            self.rest.append(contentsOf: chunk[..<count])
        }
        return self.takeLines()
    }

    /// What is left, whether or not the last line ended.
    mutating func finish() -> [String] {
        var lines = self.read()
        if self.isOpen { self.descriptor.close() }
        if !self.rest.isEmpty { lines.append(String(decoding: self.rest, as: UTF8.self)) }
        return lines
    }

    private mutating func takeLines() -> [String] {
        guard let end = self.rest.lastIndex(of: UInt8(ascii: "\n")) ?? self.overflow else { return [] }
        let lines = self.rest[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        self.rest.removeFirst(end + 1)
        return lines.map { String(decoding: $0, as: UTF8.self) }
    }

    private var overflow: Int? { self.rest.count > Self.lineLimit ? self.rest.count - 1 : nil }
}
