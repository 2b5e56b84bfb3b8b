/// What waits for the handlers of one connection, in bytes, and what the client may send under flow control.
///
/// A pure value. A message costs its length and the ten bytes of its frame, so that empty messages are bounded too. Toward
/// a plain client the bounds are kept by refusing a message; under flow control by granting less credit.
struct InboundBudget {
    /// What one stream has of it.
    struct Share: Equatable {
        /// Bytes that wait for its handler.
        fileprivate(set) var bytes = 0
        fileprivate var window: ReceiveWindow?
        /// Charges of frames whose message is not complete, as far as they are not granted again.
        fileprivate var arriving = 0
    }

    /// Credit to tell the client of.
    struct Grant: Equatable {
        let stream: UInt32
        let credit: UInt32
    }

    private let perStream: Int
    private let perConnection: Int
    private var windows: Agreement.Windows?
    private var window: ReceiveWindow?
    /// Charges that will be granted again when less waits.
    private var heldBack = 0
    private(set) var bytes = 0
    private var grants: [Grant] = []

    init(limits: ServerConfiguration) {
        self.perStream = limits.maxStreamQueue
        self.perConnection = limits.maxConnectionQueue
    }

    /// From here on streams begin under flow control.
    mutating func control(_ windows: Agreement.Windows) {
        self.windows = windows
        self.window = ReceiveWindow(size: windows.connection)
    }

    /// The share of a stream that begins.
    func share() -> Share {
        Share(window: self.windows.map { ReceiveWindow(size: $0.stream) })
    }

    /// What a message of a length costs.
    static func cost(of length: Int) -> Int { FrameHeader.charge(of: length) }

    /// Takes a message into account that is complete, unless too much waits already. A message longer than a stream's
    /// bound is taken when nothing else of its stream waits.
    ///
    /// - Returns: The credit to grant again when the message is read; nil if it is not taken.
    mutating func take(_ length: Int, for share: inout Share) -> Int? {
        let cost = Self.cost(of: length)
        if share.window == nil {
            guard share.bytes == 0 || share.bytes + cost <= self.perStream else { return nil }
            guard self.bytes + cost <= self.perConnection else { return nil }
        }
        share.bytes += cost
        self.bytes += cost
        defer { share.arriving = 0 }
        return share.arriving
    }

    /// A handler has taken a message.
    mutating func giveBack(_ length: Int, credit: Int, on stream: UInt32, of share: inout Share) {
        share.bytes -= Self.cost(of: length)
        self.bytes -= Self.cost(of: length)
        self.grant(credit, to: stream, &share)
        self.grantArriving(on: stream, &share)
        self.grantHeldBack()
    }

    /// Nobody will take what waits.
    mutating func drop(_ share: Share) {
        self.bytes -= share.bytes
        self.grantHeldBack()
    }

    /// What to tell the client now; each grant is told once.
    mutating func takeGrants() -> [Grant] {
        if self.grants.isEmpty { return [] }
        defer { self.grants = [] }
        return self.grants
    }
}

// MARK: - Flow control

extension InboundBudget {
    /// A frame arrived that counts. `isPart` says that its message goes on in another frame.
    mutating func charge(
        _ length: Int,
        isPart: Bool,
        on stream: UInt32,
        _ share: inout Share
    ) throws(FlowControlError) {
        guard share.window != nil else { return }
        let charge = FrameHeader.charge(of: length)
        try self.window?.receive(charge)
        try share.window?.receive(charge)
        self.heldBack += charge
        share.arriving += charge
        // A message longer than the window could never be complete otherwise.
        if isPart { self.grantArriving(on: stream, &share) }
        self.grantHeldBack()
    }

    /// A frame that counts arrived for a stream that is over.
    mutating func chargeLate(_ length: Int) throws(FlowControlError) {
        let charge = FrameHeader.charge(of: length)
        try self.window?.receive(charge)
        self.grantToConnection(charge)
    }

    private mutating func grantArriving(on stream: UInt32, _ share: inout Share) {
        guard share.bytes == 0, share.arriving > 0 else { return }
        self.grant(share.arriving, to: stream, &share)
        share.arriving = 0
    }

    private mutating func grant(_ charge: Int, to stream: UInt32, _ share: inout Share) {
        guard charge > 0, let credit = share.window?.release(charge) else { return }
        self.grants.append(Grant(stream: stream, credit: credit))
    }

    private mutating func grantHeldBack() {
        guard self.heldBack > 0, self.bytes <= self.perConnection else { return }
        self.grantToConnection(self.heldBack)
        self.heldBack = 0
    }

    private mutating func grantToConnection(_ charge: Int) {
        guard let credit = self.window?.release(charge) else { return }
        self.grants.append(Grant(stream: FrameHeader.connectionStream, credit: credit))
    }
}
