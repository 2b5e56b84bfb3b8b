/// Cuts a byte stream into the data of its server-sent events. Does no I/O; names, ids and comments are skipped.
///
/// Lines end in LF, CR or CRLF, and everything may be split anywhere. An event is complete with its blank line: what
/// is unfinished when the stream ends was never an event.
struct EventStreamParser {
    /// An event is larger than allowed.
    struct EventTooLarge: Error, Equatable {}

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let limit: Int
    private var line: [UInt8] = []
    /// The data lines of the current event, each with a line feed behind it.
    private var data: [UInt8] = []
    private var afterCarriageReturn = false
    private var atStart = true

    /// An event, its fields' names included, may have `limit` bytes.
    init(limit: Int = 1 << 20) { self.limit = limit }

    /// Takes the next bytes of the stream.
    ///
    /// - Returns: the data of each event that is complete with them.
    mutating func feed(_ bytes: some Sequence<UInt8>) throws(EventTooLarge) -> [[UInt8]] {
        var events: [[UInt8]] = []
        for byte in bytes {
            let endsCRLF = byte == Self.lineFeed && self.afterCarriageReturn
            self.afterCarriageReturn = byte == Self.carriageReturn
            if endsCRLF { continue }
            if byte == Self.lineFeed || byte == Self.carriageReturn {
                if let event = self.endLine() { events.append(event) }
            } else {
                guard self.line.count + self.data.count < self.limit else { throw EventTooLarge() }
                self.line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> [UInt8]? {
        defer { self.line.removeAll(keepingCapacity: true) }
        if self.atStart {
            self.atStart = false
            if self.line.starts(with: Self.byteOrderMark) { self.line.removeFirst(Self.byteOrderMark.count) }
        }
        if self.line.isEmpty { return self.endEvent() }
        let field = self.line.prefix { $0 != UInt8(ascii: ":") }
        guard field.elementsEqual("data".utf8) else { return nil }
        let value = self.line[field.endIndex...].dropFirst()
        self.data += value.first == UInt8(ascii: " ") ? value.dropFirst() : value
        self.data.append(Self.lineFeed)
        return nil
    }

    private mutating func endEvent() -> [UInt8]? {
        guard !self.data.isEmpty else { return nil }
        defer { self.data.removeAll(keepingCapacity: true) }
        return Array(self.data.dropLast())
    }
}
