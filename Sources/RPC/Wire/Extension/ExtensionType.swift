/// The frame types of the XT extension.
enum ExtensionType: UInt8, Sendable {
    case settings = 0x80
    case ping = 0x81
    case goAway = 0x82
    case windowUpdate = 0x83
    case cancel = 0x84
    case reset = 0x85
    case metadata = 0x86
    case continuation = 0x87

    /// Whether frames of the type belong to the connection; nil if to either a stream or the connection.
    var isOfConnection: Bool? {
        switch self {
        case .settings, .ping, .goAway: true
        case .windowUpdate: nil
        case .cancel, .reset, .metadata, .continuation: false
        }
    }
}

extension FrameHeader {
    /// The type, if it is one of the extension.
    var extensionType: ExtensionType? { ExtensionType(rawValue: self.type) }
}

extension FrameFlags {
    /// SETTINGS and PING: the answer to the same frame.
    static let acknowledgement = FrameFlags(rawValue: 1)
    /// RESET: no code of the application has seen the request.
    static let refused = FrameFlags(rawValue: 1)
    /// METADATA: comes before the first message.
    static let initial = FrameFlags(rawValue: 1)
    /// METADATA: comes before the end.
    static let trailing = FrameFlags(rawValue: 2)
    /// CONT: another one follows.
    static let continues = FrameFlags(rawValue: 1)
}
