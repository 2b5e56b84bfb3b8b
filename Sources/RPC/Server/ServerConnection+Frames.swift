internal import NIOCore

extension ServerConnection {
    /// Obeys the call table.
    func receive(_ event: FrameDecoder.Event) {
        switch event {
        case .frame(let header, let body):
            if let extended = self.extended {
                self.receive(header, body, extended)
            } else if header.knownType != nil {
                self.obey(self.calls.receive(header), header, body)
            } else {
                self.receiveUnagreed(header, body)
            }
        case .oversize(let header) where self.extended != nil && header.isPartOfStream:
            // Left out, it would leave a hole in its body or in the windows.
            self.breach(.frameSizeError, "a frame is longer than agreed")
        case .oversize(let header):
            let second = Int64(self.shared.loop.now.uptimeNanoseconds / 1_000_000_000)
            self.obey(self.calls.receiveOversize(header, at: second), header, ByteBuffer())
        case .broken: self.close()
        }
    }

    func obey(_ action: CallTable<ServerCall>.Action, _ header: FrameHeader, _ body: ByteBuffer) {
        switch action {
        case .ignore: break
        case .open where self.extended != nil && header.flags.contains(.compressed): self.openCompressed(header, body)
        case .open: self.open(header, body)
        case .message(let call, let credit): self.hand(body, of: header, credit, to: call)
        case .lastMessage(let call, let credit):
            self.hand(body, of: header, credit, to: call)
            call.requests?.finish()
        case .halfClose(let call): call.requests?.finish()
        case .answer(let violation): self.answer(violation.status, on: header.stream)
        case .refuse(let violation): self.refuse(violation.status, on: header.stream)
        case .abort(let call, let violation):
            self.end(header.stream, violation.status)
            call.cancel(violation.status)
            self.noteEnd(mayClose: self.calls.mayClose)
        case .breach(let text): self.breach(.protocolError, text)
        case .close: self.close()
        }
    }

    private func hand(_ body: ByteBuffer, of header: FrameHeader, _ credit: Int, to call: ServerCall) {
        let isData = header.type == FrameType.data.rawValue
        let isCompressed = isData && self.extended != nil && header.flags.contains(.compressed)
        call.requests?.append(MessageQueue.Waiting(bytes: body, isCompressed: isCompressed, credit: credit))
    }

    private func openCompressed(_ header: FrameHeader, _ body: ByteBuffer) {
        do {
            self.open(header, try self.decompress(body))
        } catch {
            self.decline(header.stream, error)
        }
    }

    /// Answers a request whose call does not begin.
    private func decline(_ stream: UInt32, _ status: Status) {
        self.answer(status, on: stream)
        self.noteEnd(mayClose: self.calls.mayClose)
    }

    /// Starts the call of a request, or answers why not.
    private func open(_ header: FrameHeader, _ body: ByteBuffer) {
        do throws(Status) {
            let (request, call) = try body.withBytes { bytes throws(Status) in
                let request = try self.parse(bytes)
                let call = try self.call(of: request, in: bytes, payload: body.part(request.payload), on: header.stream)
                return (request, call)
            }
            let kind = call.request.kind
            let opening = CallOpening(kind, header.flags, payloadIsEmpty: request.payload.isEmpty)
            self.calls.start(call, on: header.stream, takesMore: opening.takesMore)
            self.extended?.began(header.stream, kind)
            if self.life.watchesIdle { self.life.turned(idle: false, at: self.shared.loop.now) }
            self.shared.workers.add(call)
            if let requests = call.requests {
                self.takeFirstMessage(opening, body.part(request.payload), in: requests, header)
            }
        } catch {
            self.decline(header.stream, error)
        }
    }

    /// Hands over what a streaming client sent along with its request.
    private func takeFirstMessage(
        _ opening: CallOpening,
        _ payload: ByteBuffer,
        in requests: RequestQueue,
        _ header: FrameHeader
    ) {
        if opening.hasMessage {
            let action = self.calls.receiveFirstMessage(payload.readableBytes, on: header.stream)
            self.obey(action, header, payload)
        } else if !opening.takesMore {
            requests.finish()
        }
    }

    private func call(
        of request: RequestEnvelope,
        in bytes: Span<UInt8>,
        payload: consuming ByteBuffer,
        on stream: UInt32
    ) throws(Status) -> ServerCall {
        if self.negotiation.state == .open { try self.receiveFirst(request) }
        guard request.metadataSize <= self.service.limits.maxMetadata else {
            throw Violation.metadataTooLarge.status
        }
        guard let head = self.memory.head(of: request, in: bytes, on: self, among: self.service.methods) else {
            throw Status.noSuchMethod(bytes.extracting(request.service), bytes.extracting(request.method))
        }
        guard request.timeout >= 0 else { throw Violation.expired.status }
        return ServerCall(head, stream: stream, payload: payload, timeout: request.timeout, sharing: self.shared)
    }

    private func parse(_ bytes: Span<UInt8>) throws(Status) -> RequestEnvelope {
        do {
            return try self.memory.parse(bytes)
        } catch {
            throw Violation.malformedRequest.status
        }
    }
}

extension FrameHeader {
    fileprivate var isPartOfStream: Bool { self.knownType == .data || self.extensionType == .continuation }
}

extension Status {
    /// Nobody serves a method.
    fileprivate static func noSuchMethod(_ service: Span<UInt8>, _ name: Span<UInt8>) -> Status {
        let path = "\(service.printable)/\(name.printable)"
        return Status(.unimplemented, "There is no method \(path).", reason: "NO_SUCH_METHOD")
    }
}

extension Span<UInt8> {
    /// The start of what should be a name, for an error message.
    fileprivate var printable: String {
        let start = self.extracting(first: 128)
        return String(decoding: start.indices.map { start[$0] }, as: UTF8.self)
    }
}
