internal import NIOCore

/// Puts bodies together that come in fragments, for all streams of a connection. A pure value.
struct BodyAssembler {
    enum Outcome: Equatable {
        /// A whole body, with the header it would have had in one frame.
        case whole(FrameHeader, ByteBuffer)
        /// More must come.
        case partial
        /// The body gets too long. Told once; the rest is thrown away as it comes.
        case tooLong(FrameHeader)
        /// There is no room for the body beside the others that are unfinished. Told once, like `tooLong`.
        case noRoom(FrameHeader)
        /// The fragments contradict the protocol.
        case violation
    }

    private struct Part {
        var header: FrameHeader
        var body: ByteBuffer
        var isDiscarded = false
    }

    private let longestBody: Int
    private let budget: Int
    private var parts: [UInt32: Part] = [:]
    private var held = 0

    /// - Parameters:
    ///   - longestBody: The most bytes of one body.
    ///   - budget: The most bytes of all unfinished bodies together.
    init(longestBody: Int, budget: Int) {
        self.longestBody = longestBody
        self.budget = budget
    }

    /// How many bodies are unfinished.
    var count: Int { self.parts.count }

    /// The type of the body that is open on a stream.
    func openType(on stream: UInt32) -> FrameType? {
        self.parts[stream]?.header.knownType
    }

    /// The stream of a request that is unfinished.
    var unfinishedRequest: UInt32? {
        self.parts.first { $0.value.header.knownType == .request }?.key
    }

    /// A frame of the base protocol arrived.
    mutating func receive(_ header: FrameHeader, _ body: ByteBuffer) -> Outcome {
        if !self.parts.isEmpty, self.parts[header.stream] != nil { return .violation }
        guard header.flags.contains(.more) else {
            return header.length > self.longestBody ? .tooLong(header) : .whole(header, body)
        }
        var whole = header
        whole.flags.remove(.more)
        // The start of the read buffer would keep all of it alive; a body that grows is copied anyway.
        self.parts[header.stream] = Part(header: whole, body: ByteBuffer())
        return self.add(body, to: header.stream, isLast: false)
    }

    /// A continuation arrived; nil if no body is open on its stream.
    mutating func receiveContinuation(_ header: FrameHeader, _ body: ByteBuffer) -> Outcome? {
        guard self.parts[header.stream] != nil else { return nil }
        return self.add(body, to: header.stream, isLast: !header.flags.contains(.continues))
    }

    /// The stream ended; what came of its body is thrown away.
    mutating func drop(_ stream: UInt32) {
        guard let part = self.parts.removeValue(forKey: stream) else { return }
        self.held -= part.body.readableBytes
    }

    private mutating func add(_ body: ByteBuffer, to stream: UInt32, isLast: Bool) -> Outcome {
        guard var part = self.parts.removeValue(forKey: stream) else { return .violation }
        if part.isDiscarded {
            if !isLast { self.parts[stream] = part }
            return .partial
        }
        self.held -= part.body.readableBytes
        let length = part.body.readableBytes + body.readableBytes
        guard length <= self.longestBody, length <= self.budget - self.held else {
            part.isDiscarded = true
            part.body = ByteBuffer()
            if !isLast { self.parts[stream] = part }
            return length > self.longestBody ? .tooLong(part.header) : .noRoom(part.header)
        }
        part.body.writeImmutableBuffer(body)
        part.header.length = length
        if isLast { return .whole(part.header, part.body) }
        self.held += length
        self.parts[stream] = part
        return .partial
    }
}
