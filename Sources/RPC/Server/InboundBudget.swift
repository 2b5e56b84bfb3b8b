/// Bytes of messages that wait for the handlers of one connection, and for each of them.
///
/// A pure value. A message costs its length and the ten bytes of its frame, so that empty messages are bounded too.
struct InboundBudget {
    /// What one stream holds of it.
    struct Share: Equatable {
        fileprivate(set) var bytes = 0
    }

    private let perStream: Int
    private let perConnection: Int
    private(set) var bytes = 0

    init(limits: ServerConfiguration) {
        self.perStream = limits.maxStreamQueue
        self.perConnection = limits.maxConnectionQueue
    }

    /// What a message of a length costs.
    static func cost(of length: Int) -> Int { length + FrameHeader.size }

    /// Takes a message into account, unless too much waits already. A message longer than a stream's bound is taken when
    /// nothing else of its stream waits.
    mutating func take(_ length: Int, for share: inout Share) -> Bool {
        let cost = Self.cost(of: length)
        guard share.bytes == 0 || share.bytes + cost <= self.perStream, self.bytes + cost <= self.perConnection else {
            return false
        }
        share.bytes += cost
        self.bytes += cost
        return true
    }

    /// A handler has taken a message.
    mutating func giveBack(_ length: Int, of share: inout Share) {
        share.bytes -= Self.cost(of: length)
        self.bytes -= Self.cost(of: length)
    }

    /// Nobody will take what waits.
    mutating func drop(_ share: Share) {
        self.bytes -= share.bytes
    }
}
