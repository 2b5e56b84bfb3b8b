/// Reads an input as steps to take: so a changed byte is still a frame most of the time.
struct Script {
    /// One thing that happens to a connection.
    enum Step {
        case frame(FrameHeader, body: ArraySlice<UInt8>, isSplit: Bool)
        case request(
            stream: UInt32,
            method: Int,
            flags: UInt8,
            timeout: Int64,
            offers: Bool,
            payload: ArraySlice<UInt8>
        )
        case settings(isAcknowledgement: Bool, window: UInt32)
        case raw(ArraySlice<UInt8>)
        case time(milliseconds: Int64)
        case writability(Bool)
        case openGate
        case drain
    }

    private static let types: [UInt8] = [1, 2, 3, 3, 3, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x87, 0, 0xFF]
    private static let timeouts: [Int64] = [0, 0, 0, 1, -1, 1_000_000, 1_000_000_000, .max]
    private static let streams: [UInt32] = [1, 3, 5, 7, 9, 11, 2, 0, FrameHeader.connectionStream, 0xFFFF_FFFD]

    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        self.rest = bytes[...]
    }

    /// The next step; nil at the end of the input.
    mutating func next() -> Step? {
        guard let instruction = self.rest.popFirst() else { return nil }
        switch instruction & 0x0F {
        case 0...4: return self.frame(isSplit: instruction & 0x80 != 0)
        case 5...9: return self.request(offers: instruction & 0x80 != 0)
        case 10: return .settings(isAcknowledgement: instruction & 0x80 == 0, window: UInt32(self.byte()) << 8)
        case 11: return .raw(self.bytes(Int(self.byte())))
        case 12: return .time(milliseconds: self.pick(from: [10, 100, 1000, 10_000, 61_000]))
        case 13: return .writability(instruction & 0x80 != 0)
        case 14: return .openGate
        default: return instruction == 0xFF ? .drain : .openGate
        }
    }

    private mutating func frame(isSplit: Bool) -> Step {
        let type = self.pick(from: Self.types)
        let stream = self.pick(from: Self.streams)
        let flags = self.byte()
        let length = self.length()
        let body = self.bytes(length)
        let header = FrameHeader(length: body.count, stream: stream, type: type, flags: FrameFlags(rawValue: flags))
        return .frame(header, body: body, isSplit: isSplit)
    }

    private mutating func request(offers: Bool) -> Step {
        let stream = self.pick(from: Self.streams)
        let method = Int(self.byte())
        let flags = self.byte()
        let timeout = self.pick(from: Self.timeouts)
        let length = self.length()
        return .request(
            stream: stream,
            method: method,
            flags: flags,
            timeout: timeout,
            offers: offers,
            payload: self.bytes(length)
        )
    }

    /// Mostly short, up to 64 KiB; a body is as long as the input lasts at most.
    private mutating func length() -> Int {
        let byte = Int(self.byte())
        return byte < 240 ? byte : (byte - 239) * 4096
    }

    private mutating func byte() -> UInt8 {
        self.rest.popFirst() ?? 0
    }

    private mutating func bytes(_ count: Int) -> ArraySlice<UInt8> {
        let bytes = self.rest.prefix(count)
        self.rest = self.rest.dropFirst(count)
        return bytes
    }

    private mutating func pick<Element>(from choices: [Element]) -> Element {
        choices[Int(self.byte()) % choices.count]
    }
}
