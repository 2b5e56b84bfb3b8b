/// How far a connection has come in finding out whether its client speaks the extension. A pure state machine.
///
/// A client shows it by an offer, the server answers with its settings, and says nothing else of the extension until the
/// client has acknowledged them: an offer may be forged or copied, and a plain client fails calls over unknown frames.
struct ServerNegotiation: Equatable {
    enum State: Equatable {
        /// Nothing has been said; settings may be sent.
        case open
        /// A frame of the base protocol has been sent first, so that the client takes the server for a plain one.
        case plain
        /// Settings have been sent.
        case offered
        /// The client has acknowledged them.
        case agreed
    }

    private(set) var state: State

    /// - Parameter isOn: Whether the server speaks the extension at all.
    init(isOn: Bool) {
        self.state = isOn ? .open : .plain
    }

    /// The client has offered the extension, by a request or while TLS was set up.
    ///
    /// - Returns: Whether to send settings now.
    mutating func receiveOffer() -> Bool {
        guard self.state == .open else { return false }
        self.state = .offered
        return true
    }

    /// The client has sent a request without an offer, which no client does that speaks the extension.
    mutating func receivePlainRequest() {
        if self.state == .open { self.state = .plain }
    }

    /// A frame of the base protocol goes out.
    mutating func sendsBaseFrame() {
        if self.state == .open { self.state = .plain }
    }

    /// The client's settings came.
    ///
    /// - Returns: Whether they are in force now; nil if the client must not send them any more.
    mutating func receiveSettings(isAcknowledgement: Bool) -> Bool? {
        switch self.state {
        case .open, .plain: return false
        case .agreed: return nil
        case .offered:
            if isAcknowledgement { self.state = .agreed }
            return isAcknowledgement
        }
    }
}
