internal import SwiftProtobuf

/// What one end of ours offers beyond the base protocol.
package struct ExtensionSettings: Sendable, Equatable {
    /// Bytes of unread messages that one stream may send.
    package var streamWindow = 256 * 1024

    /// Bytes of unread messages that all streams of a connection may send together.
    package var connectionWindow = 1024 * 1024

    /// The longest message accepted, in bytes, up to 4 MiB. Applies to what it is put together from and to what it
    /// decompresses to.
    package var maxMessage = FrameHeader.longestBody

    /// Whether messages may come compressed.
    package var acceptsCompression = true

    /// PINGs nearer to each other than this count against the peer.
    package var minPingInterval = Duration.seconds(10)

    /// Makes settings of defaults.
    package init() {}

    /// The settings as they go over the wire. `maxStreams` is the calls served at a time, nil on the client's side;
    /// `maxFrame` is the longest body of a frame.
    func message(maxStreams: Int?, maxFrame: Int = FrameHeader.longestBody) -> Ttrpc_Settings {
        Ttrpc_Settings.with {
            $0.version = Agreement.version
            $0.maxConcurrentStreams = UInt32(clamping: maxStreams ?? 0)
            $0.initialStreamWindow = UInt32(clamping: self.streamWindow)
            $0.initialConnWindow = UInt32(clamping: self.connectionWindow)
            $0.maxFrame = UInt32(clamping: maxFrame)
            $0.maxMessage = UInt32(clamping: self.maxMessage)
            $0.codecs = self.acceptsCompression ? Codec.allCases.map(\.rawValue) : []
            $0.pingMinIntervalMs = UInt32(clamping: self.minPingInterval.components.seconds * 1000)
            $0.features = Agreement.Features.ours.rawValue
        }
    }
}
