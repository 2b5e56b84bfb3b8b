import NIOCore

/// What libFuzzer gives, read from its start as choices; behind its end all bytes are zero.
struct FuzzInput {
    /// One end of a connection as its peer in the fuzzer's hand sees it.
    struct Settings {
        private let choice: UInt8
        let window: UInt32

        init(choice: UInt8, window: UInt32) {
            self.choice = choice
            self.window = window
        }

        /// Standard settings, but for the window and what the choice takes away.
        var message: Ttrpc_Settings {
            var settings = ExtensionSettings().message(maxStreams: nil)
            settings.initialStreamWindow = self.window
            if self.choice & 0x10 != 0 { settings.codecs = [] }
            if self.choice & 0x20 != 0 { (settings.maxFrame, settings.maxMessage) = (1_000, 4_000) }
            if self.choice & 0x40 != 0 { settings.features = UInt64(self.choice & 0x0F) }
            return settings
        }
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        self.rest = bytes[...]
    }

    var isEmpty: Bool { self.rest.isEmpty }

    mutating func byte() -> UInt8 {
        self.rest.popFirst() ?? 0
    }

    /// So many bytes, or what is left.
    mutating func bytes(_ count: Int) -> [UInt8] {
        let bytes = self.rest.prefix(count)
        self.rest = self.rest.dropFirst(count)
        return Array(bytes)
    }

    /// A body whose length comes first: mostly short, up to 64 KiB. It ends with the input, or zeros follow.
    mutating func body(isFilled: Bool = false) -> [UInt8] {
        let byte = Int(self.byte())
        let length = byte < 240 ? byte : (byte - 239) * 4096
        let bytes = self.bytes(length)
        return isFilled ? bytes + Array(repeating: 0, count: length - bytes.count) : bytes
    }

    mutating func pick<Element>(from choices: [Element]) -> Element {
        choices[Int(self.byte()) % choices.count]
    }

    /// Any type, flags and body. `instruction` is the byte that asked for the frame.
    mutating func frame(_ instruction: UInt8) -> (header: FrameHeader, body: [UInt8]) {
        let type = self.pick(from: Self.types)
        let stream = self.stream()
        let flags = FrameFlags(rawValue: self.byte())
        let body = self.body(isFilled: instruction & 0x40 != 0)
        return (FrameHeader(length: body.count, stream: stream, type: type, flags: flags), body)
    }

    /// One of the first streams, or one that may not be.
    mutating func stream() -> UInt32 {
        self.pick(from: Self.streams)
    }

    private static let types: [UInt8] = [1, 2, 3, 3, 3, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x87, 0, 0xFF]
    private static let streams: [UInt32] = [1, 3, 5, 7, 9, 11, 2, 0, FrameHeader.connectionStream, 0xFFFF_FFFD]
    /// Milliseconds; the harness makes the limits of time short accordingly.
    static let times: [Int64] = [10, 50, 150, 700, 1_500]
    static let timeouts: [Int64] = [0, 0, 0, 1, -1, 1_000_000, 1_000_000_000, .max]
}

extension ByteBuffer {
    /// A frame as it goes over the wire.
    init(_ header: FrameHeader, _ body: [UInt8]) {
        self.init()
        self.writeMultipleIntegers(UInt32(header.length), header.stream, header.type, header.flags.rawValue)
        self.writeBytes(body)
    }

    /// SETTINGS of the fuzzer's side.
    init(_ settings: FuzzInput.Settings, isAcknowledgement: Bool) {
        self.init()
        self.write(.settings(settings.message, isAcknowledgement: isAcknowledgement))
    }
}
