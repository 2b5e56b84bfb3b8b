/// What a client knows of the other end of a connection, and what the first frames teach it. A pure value.
struct ServerDiscovery {
    /// What the other end is.
    enum Peer: Equatable {
        case undecided
        case plain
        case extended(Agreement)
    }

    /// What follows from SETTINGS.
    enum Outcome: Equatable {
        case ignore
        /// Acknowledge; the extension is in force from then on.
        case agree(Agreement)
        /// The server breaks the protocol.
        case breach
    }

    private(set) var peer: Peer
    private let ours: Ttrpc_Settings
    /// Whether the transport has said already that the server speaks the extension.
    private let isPromised: Bool

    /// - Parameters:
    ///   - ours: What this end can do; nil if it shall speak the base protocol only.
    ///   - isPromised: Whether the transport has said already that the server speaks the extension.
    init(_ ours: Ttrpc_Settings?, isPromised: Bool = false) {
        self.peer = ours == nil ? .plain : .undecided
        self.ours = ours ?? .init()
        self.isPromised = isPromised
    }

    /// What both ends have agreed on; nil while they have not.
    var agreement: Agreement? {
        if case .extended(let agreement) = self.peer { agreement } else { nil }
    }

    /// Whether requests carry the offer.
    var offers: Bool {
        if case .undecided = self.peer { !self.isPromised } else { false }
    }

    /// A frame of the base protocol arrived on a stream.
    ///
    /// - Returns: Whether it may come.
    mutating func receiveBaseFrame(on stream: UInt32) -> Bool {
        switch self.peer {
        case .undecided:
            if self.isPromised { return false }
            self.peer = .plain
            return true
        case .plain: return true
        case .extended: return stream != FrameHeader.connectionStream
        }
    }

    /// SETTINGS arrived.
    mutating func receive(_ theirs: Ttrpc_Settings, isAcknowledgement: Bool) -> Outcome {
        switch self.peer {
        case .plain: return .ignore
        case .extended: return .breach
        case .undecided:
            // A version this end has never heard of is still version 1 or above.
            guard !isAcknowledgement, theirs.version >= 1 else { return self.isPromised ? .breach : .ignore }
            guard let agreement = try? Agreement(ours: self.ours, theirs: theirs) else { return .breach }
            self.peer = .extended(agreement)
            return .agree(agreement)
        }
    }
}
