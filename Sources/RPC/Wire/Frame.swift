/// The ten bytes before every frame's body.
struct FrameHeader: Equatable, Sendable {
    static let size = 10

    /// The longest body either side may send, in bytes.
    static let longestBody = 4 * 1024 * 1024

    /// The stream of frames that concern the whole connection.
    static let connectionStream: UInt32 = 0xFFFF_FFFF

    /// Bytes of the body.
    var length: Int
    /// The call the frame belongs to.
    var stream: UInt32
    /// As received; frames of a type nobody knows are ignored.
    var type: UInt8
    var flags: FrameFlags

    /// The type, if it is one of the base protocol.
    var knownType: FrameType? { FrameType(rawValue: self.type) }

    /// Streams opened by clients are odd; servers open none.
    var isOdd: Bool { self.stream % 2 == 1 }
}

/// The frame types of the base protocol. Types from 0x80 belong to extensions.
enum FrameType: UInt8, Sendable {
    case request = 1
    case response = 2
    case data = 3
}

/// The flags of the base protocol and of the extension; other bits mean nothing.
struct FrameFlags: OptionSet, Sendable {
    let rawValue: UInt8

    /// The sender has sent its last message.
    static let remoteClosed = FrameFlags(rawValue: 1)
    /// The sender will send messages.
    static let remoteOpen = FrameFlags(rawValue: 2)
    /// The frame carries no message; without it an empty body is an empty message.
    static let noData = FrameFlags(rawValue: 4)

    /// Extension: the body goes on in continuation frames.
    static let more = FrameFlags(rawValue: 0x40)
    /// Extension: the body is compressed.
    static let compressed = FrameFlags(rawValue: 0x80)
}
