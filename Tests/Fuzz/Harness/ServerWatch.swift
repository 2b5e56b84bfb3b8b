import NIOCore

/// Checks what a server sends against the rules that hold whatever its client does.
struct ServerWatch {
    private var decoder = FrameDecoder()
    private var hasOffered = false
    private var hasAcknowledged = false
    private var isUnknown = false
    /// Whether it has acknowledged what the server did send.
    private var hasAgreed = false
    private var settings = 0
    /// The longest body that the client has said to take; nil if it has said nothing.
    private var longestBody: Int?
    /// Streams whose last frame has come since their last request.
    private var ended: Set<UInt32> = []
    /// Streams that have had a request.
    private var opened: Set<UInt32> = []

    /// A frame goes to the server.
    mutating func sent(_ header: FrameHeader) {
        if header.extensionType == .settings {
            self.sentSettings(isAcknowledgement: header.flags.contains(.acknowledgement))
        }
        guard header.knownType == .request else { return }
        self.opened.insert(header.stream)
        self.ended.remove(header.stream)
        // Its body may hold an offer.
        self.hasOffered = self.hasOffered || header.length > 0
    }

    mutating func offered() {
        self.hasOffered = true
    }

    mutating func sentSettings(isAcknowledgement: Bool, maxFrame: UInt32 = .max) {
        if isAcknowledgement {
            self.hasAcknowledged = true
            self.hasAgreed = self.hasAgreed || self.settings > 0
        }
        self.longestBody = max(self.longestBody ?? 0, Int(maxFrame))
    }

    /// Bytes go to the server that may be anything.
    mutating func sentAnything() {
        self.isUnknown = true
    }

    /// The server answered.
    mutating func received(_ bytes: ByteBuffer) {
        self.decoder.append(bytes)
        while let event = self.decoder.next() {
            guard case .frame(let header, _) = event else { fatalError("The server sent \(event).") }
            if !self.isUnknown { self.check(header) }
        }
    }

    private mutating func check(_ header: FrameHeader) {
        guard let type = header.knownType else { return self.checkExtension(header) }
        precondition(type != .request, "The server sent a request.")
        let isTooLong = self.hasAgreed && header.length > self.longestBody ?? .max
        precondition(!isTooLong, "A body is longer than the client takes.")
        precondition(!self.ended.contains(header.stream), "A frame follows the end of stream \(header.stream).")
        let hasMore = header.flags.contains(.more)
        let isLast = type == .response ? !hasMore : header.flags.contains(.remoteClosed)
        // Each frame on an even stream is answered.
        if isLast, header.isOdd, self.opened.contains(header.stream) { self.ended.insert(header.stream) }
    }

    private mutating func checkExtension(_ header: FrameHeader) {
        precondition(self.hasOffered, "The server speaks the extension to a client that did not offer it.")
        if header.extensionType == .settings {
            self.settings += 1
            precondition(self.settings == 1, "The server sent SETTINGS twice.")
        } else {
            precondition(self.hasAcknowledged, "The server uses the extension before the client has acknowledged it.")
        }
        if header.extensionType == .reset, self.opened.contains(header.stream) { self.ended.insert(header.stream) }
    }
}
