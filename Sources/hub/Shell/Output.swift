import Glibc

/// An open file that text is written to at once, without a buffer.
struct Output: Sendable {
    let descriptor: Int32

    /// Whether a person reads it.
    var isTerminal: Bool { isatty(self.descriptor) == 1 }

    /// - Throws: `BrokenPipe` when its reader has gone, `Failure` when it cannot be written for another reason.
    func write(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(self.descriptor, $0.baseAddress, $0.count) }
            if written < 0 { try self.recover(from: errno) }
            rest = rest.dropFirst(max(0, written))
        }
    }

    /// Writes text that others wrote. On a terminal control characters are replaced, so that it cannot move the cursor or
    /// change the terminal.
    func writeForeign(_ text: String) throws {
        try self.write(self.isTerminal ? text.printable : text)
    }

    private func recover(from error: Int32) throws {
        switch error {
        case EINTR: return
        case EAGAIN:
            var state = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&state, 1, -1)
        case EPIPE: throw BrokenPipe()
        default: throw Failure(.failure, "Cannot write the output: \(String(cString: strerror(error))).")
        }
    }
}

/// The reader of the output went away.
struct BrokenPipe: Error {}

extension String {
    /// The text with a `�` for every control character but tabs and line ends.
    var printable: String {
        guard self.unicodeScalars.contains(where: \.isForbidden) else { return self }
        return String(String.UnicodeScalarView(self.unicodeScalars.map { $0.isForbidden ? "\u{FFFD}" : $0 }))
    }
}

extension Unicode.Scalar {
    fileprivate var isForbidden: Bool {
        self.properties.generalCategory == .control && self != "\n" && self != "\t"
    }
}
