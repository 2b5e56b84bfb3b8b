internal import NIOCore

/// A frame of the extension, but for continuations, which are parts of other frames.
enum ExtensionFrame: Equatable, Sendable {
    case settings(Ttrpc_Settings, isAcknowledgement: Bool)
    /// The eight bytes come back in the acknowledgement.
    case ping(UInt64, isAcknowledgement: Bool)
    case goAway(GoAway)
    /// More credit in bytes, for a stream or for `FrameHeader.connectionStream`.
    case windowUpdate(stream: UInt32, credit: UInt32)
    /// The client wants the call no longer.
    case cancel(stream: UInt32, Status.Code, String)
    case reset(stream: UInt32, Reset)
    case metadata(stream: UInt32, Metadata, isTrailing: Bool)
}

/// The sender will accept no stream above `lastStream`.
struct GoAway: Equatable, Sendable {
    /// Numbers as in HTTP/2.
    enum Code: UInt32, Sendable {
        case noError = 0
        case protocolError = 1
        case internalError = 2
        case flowControlError = 3
        case frameSizeError = 6
        case compressionError = 9
        case enhanceYourCalm = 11
    }

    /// The first of two: streams are still accepted, but no more should be opened.
    static let warning: UInt32 = 0xFFFF_FFFD

    var lastStream: UInt32
    /// As received; 0 is an orderly end.
    var code: UInt32
    var text: String
}

/// The server ends a stream at once.
struct Reset: Equatable, Sendable {
    /// What a sender may say about trying again.
    enum Retry: Equatable, Sendable {
        case unsaid
        case never
        case after(milliseconds: UInt32)
    }

    var code: Status.Code
    /// Whether no code of the application has seen the request, so that sending it again is safe.
    var isRefused: Bool
    var retry: Retry = .unsaid
    var text: String
}

/// A frame of the extension is not what it should be: a protocol error of the peer.
struct MalformedFrame: Error, Equatable {}
