/// What both ends of a connection have agreed on: the settings of each, read together.
struct Agreement: Equatable, Sendable {
    /// Parts of the extension that both ends must want.
    struct Features: OptionSet, Sendable {
        let rawValue: UInt64

        static let flowControl = Features(rawValue: 1)
        static let fragments = Features(rawValue: 2)
        static let compression = Features(rawValue: 4)
        static let metadata = Features(rawValue: 8)

        /// All that this end can do.
        static let ours: Features = [.flowControl, .fragments, .compression, .metadata]
    }

    /// The version of the extension that this end speaks; the lower of both is in force.
    static let version: UInt32 = 1

    /// The widest window.
    static let widestWindow = Int(Int32.max)

    let features: Features
    /// How to compress for the peer; nil if not at all.
    let codec: Codec?
    /// Bytes of a message fragment this end sends.
    let fragment: Int
    /// The longest body the peer takes, whole or in fragments.
    let maxMessage: Int
    /// Calls the peer serves at a time.
    let maxStreams: Int
    /// The windows that the peer opens for this end, and this end for the peer.
    let sending: Windows
    let receiving: Windows
    /// What the peer wants between two PINGs, in milliseconds.
    let minPingInterval: Int

    /// Bytes on their way unread, for a stream and for the whole connection.
    struct Windows: Equatable, Sendable {
        let stream: Int
        let connection: Int

        init(_ settings: Ttrpc_Settings) {
            self.stream = Int(settings.initialStreamWindow.or(256 * 1024))
            self.connection = Int(settings.initialConnWindow.or(1024 * 1024))
        }

        /// Whether no window is wider than may be.
        var areLegal: Bool { self.stream <= Agreement.widestWindow && self.connection <= Agreement.widestWindow }
    }

    /// Reads the settings of both ends.
    ///
    /// - Throws: `MalformedFrame` if the peer's contradict the protocol.
    init(ours: Ttrpc_Settings, theirs: Ttrpc_Settings) throws(MalformedFrame) {
        self.sending = Windows(theirs)
        self.receiving = Windows(ours)
        guard self.sending.areLegal else { throw MalformedFrame() }
        let features = Features(rawValue: ours.features).intersection(Features(rawValue: theirs.features))
        let longest = UInt32(FrameHeader.longestBody)
        let maxFrame = min(theirs.maxFrame.or(longest), longest)
        self.features = features
        self.codec = features.contains(.compression) ? theirs.codecs.firstNonNil(Codec.init) : nil
        self.fragment = Int(min(maxFrame, UInt32(FrameScheduler.fragment)))
        let maxMessage = min(theirs.maxMessage.or(longest), longest)
        self.maxMessage = Int(features.contains(.fragments) ? maxMessage : min(maxMessage, maxFrame))
        self.maxStreams = Int(theirs.maxConcurrentStreams.or(.max))
        self.minPingInterval = Int(theirs.pingMinIntervalMs)
    }
}

extension UInt32 {
    /// The number, or what stands for an unset one.
    fileprivate func or(_ standard: UInt32) -> UInt32 {
        self == 0 ? standard : self
    }
}

extension Array {
    /// The first result that is not nil.
    fileprivate func firstNonNil<Result>(_ transform: (Element) -> Result?) -> Result? {
        for element in self {
            if let result = transform(element) { return result }
        }
        return nil
    }
}
