import NIOCore

/// Checks what a client sends on one connection against the rules that hold whatever its server does. A breach ends the
/// process: that is how the fuzzer learns of it.
struct ClientWatch {
    private var decoder = FrameDecoder()
    private var lastStream: UInt32 = 0
    /// Streams on which messages may follow.
    private var takesMore: Set<UInt32> = []
    /// Streams that the client has given up.
    private var cancelled: Set<UInt32> = []
    private var isExtended = false

    mutating func received(_ bytes: ByteBuffer) {
        self.decoder.append(bytes)
        while let event = self.decoder.next() {
            guard case .frame(let header, let body) = event else { fatalError("The client sent \(event).") }
            self.check(header, body)
        }
    }

    private mutating func check(_ header: FrameHeader, _ body: ByteBuffer) {
        let stream = header.stream
        precondition(!self.cancelled.contains(stream), "Something follows the CANCEL of \(stream).")
        switch header.knownType {
        case .request:
            precondition(header.isOdd && stream > self.lastStream, "Stream \(stream) follows \(self.lastStream).")
            self.lastStream = stream
            if header.flags.contains(.remoteOpen) { self.takesMore.insert(stream) }
            guard !header.flags.contains(.more), !header.flags.contains(.compressed) else { return }
            guard let envelope = try? RequestEnvelope(parsing: body.readableBytesUInt8Span) else {
                fatalError("The client sent no envelope.")
            }
            precondition(envelope.timeout >= 0, "The time is over already.")
            precondition(!self.isExtended || envelope.offer == nil, "An offer follows the agreement.")
        case .data:
            precondition(self.takesMore.contains(stream), "Nobody takes a message on \(stream).")
            guard header.flags.contains(.remoteClosed) else { return }
            precondition(header.flags == [.remoteClosed, .noData] && header.length == 0, "A message ends \(stream).")
            self.takesMore.remove(stream)
        case .response: fatalError("The client answers.")
        case nil: self.checkExtension(header)
        }
    }

    private mutating func checkExtension(_ header: FrameHeader) {
        switch header.extensionType {
        case .settings:
            precondition(!self.isExtended, "The client sent SETTINGS twice.")
            self.isExtended = true
        // An undecided server may have taken the offer.
        case .cancel: self.cancelled.insert(header.stream)
        case .ping, .goAway, .windowUpdate, .continuation:
            precondition(self.isExtended, "The client uses the extension before it has agreed.")
        case .reset, .metadata, nil: fatalError("The client sent a frame of type \(header.type).")
        }
    }
}
