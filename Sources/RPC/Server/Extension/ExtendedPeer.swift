internal import NIOCore

/// What a connection holds for a client that speaks the extension.
// Touched on the event loop of its connection only.
final class ExtendedPeer {
    /// Requests cut off before their last fragment that are remembered: what still comes of them is on its way already.
    private static let mostCutRequests = 16_384

    let agreement: Agreement
    /// Whether messages to the client are compressed, and how.
    let codec: Codec?
    var scheduler: FrameScheduler
    var assembler: BodyAssembler
    private var cutRequests: Set<UInt32> = []

    init(_ agreement: Agreement, limits: ServerConfiguration) {
        let longest = limits.extensionSettings?.maxMessage ?? FrameHeader.longestBody
        self.agreement = agreement
        self.codec = limits.compressesResponses ? agreement.codec : nil
        self.scheduler = FrameScheduler(agreement)
        self.assembler = BodyAssembler(longestBody: longest, budget: limits.maxUnfinished)
    }

    /// A request is not wanted though more of it may come.
    func cutRequest(_ stream: UInt32) {
        self.assembler.drop(stream)
        self.cutRequests.insert(stream)
        if self.cutRequests.count > Self.mostCutRequests { self.cutRequests.removeFirst() }
    }

    /// Whether a continuation on a stream without an open body belongs to a request that was not wanted.
    func continuesCutRequest(_ header: FrameHeader) -> Bool {
        if self.cutRequests.isEmpty { return false }
        if header.flags.contains(.continues) { return self.cutRequests.contains(header.stream) }
        return self.cutRequests.remove(header.stream) != nil
    }

    /// A call began after the agreement.
    func began(_ stream: UInt32, _ kind: MethodDescriptor.Kind) {
        if kind.streamsResponses { self.scheduler.open(stream) }
    }

    /// Looks at the frame that ends the buffer: it stays there, or waits for its turn.
    func admit(_ buffer: inout ByteBuffer, frameAt start: Int) {
        if let codec = self.codec { buffer.compressFrame(at: start, codec) }
        self.scheduler.admit(&buffer, frameAt: start)
    }
}

extension ByteBuffer {
    /// Compresses the body of the frame that ends the buffer, if that makes it shorter.
    fileprivate mutating func compressFrame(at start: Int, _ codec: Codec) {
        let body = start + FrameHeader.size
        guard
            let original = self.getSlice(at: body, length: self.writerIndex - body),
            let short = codec.compress(original),
            let flags = self.getInteger(at: start + 9, as: UInt8.self)
        else { return }
        self.moveWriterIndex(to: body)
        self.writeImmutableBuffer(short)
        self.setInteger(UInt32(short.readableBytes), at: start)
        self.setInteger(flags | FrameFlags.compressed.rawValue, at: start + 9)
    }
}
