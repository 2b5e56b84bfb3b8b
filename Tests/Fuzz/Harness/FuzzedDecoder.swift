import NIOCore

/// Decodes bytes in pieces and compares with what a decoder would say that has them all at once.
func fuzzDecoder(_ input: inout FuzzInput) {
    let longest = input.pick(from: [0, 10, 300, FrameHeader.longestBody])
    var decoder = FrameDecoder(longestBody: longest)
    var whole: [UInt8] = []
    var events: [FrameDecoder.Event] = []
    while !input.isEmpty {
        let piece = input.bytes(1 + Int(input.byte()))
        whole += piece
        decoder.append(ByteBuffer(bytes: piece))
        while let event = decoder.next() { events.append(event) }
    }
    precondition(events == naiveEvents(in: whole, longest: longest), "The decoder is wrong about \(whole).")
    for case .frame(let header, let body) in events {
        _ = try? ExtensionFrame(parsing: header, body)
        fuzzMetadata(body)
        _ = try? ResponseEnvelope(parsing: body.readableBytesUInt8Span)
        _ = try? Deflate.decompress(body, limit: 1_000)
    }
}

private func fuzzMetadata(_ body: ByteBuffer) {
    let bytes = body.readableBytesUInt8Span
    guard let request = try? RequestEnvelope(parsing: bytes) else { return }
    let pairs = request.metadata(in: bytes).pairs
    precondition(pairs.isEmpty == (request.metadataSize == 0), "\(request.metadataSize) bytes are \(pairs).")
}

private func naiveEvents(in bytes: [UInt8], longest: Int) -> [FrameDecoder.Event] {
    var events: [FrameDecoder.Event] = []
    var rest = bytes[...]
    while rest.count >= FrameHeader.size {
        let header = Array(rest.prefix(FrameHeader.size))
        rest = rest.dropFirst(FrameHeader.size)
        func number(at start: Int) -> UInt32 { header[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        let frame = FrameHeader(
            length: Int(number(at: 0)),
            stream: number(at: 4),
            type: header[8],
            flags: FrameFlags(rawValue: header[9])
        )
        if header[0] != 0 { return events + [.broken] }
        if frame.length > longest {
            events.append(.oversize(frame))
        } else if frame.length <= rest.count {
            events.append(.frame(frame, ByteBuffer(bytes: rest.prefix(frame.length))))
        }
        rest = rest.dropFirst(frame.length)
    }
    return events
}
