internal import NIOCore

extension ServerConnection {
    /// Obeys the call table.
    func receive(_ event: FrameDecoder.Event) {
        switch event {
        case .frame(let header, let body): self.obey(self.calls.receive(header), header.stream, body)
        case .oversize(let header):
            let second = Int64(self.shared.loop.now.uptimeNanoseconds / 1_000_000_000)
            self.obey(self.calls.receiveOversize(header, at: second), header.stream, ByteBuffer())
        case .broken: self.close()
        }
    }

    private func obey(_ action: CallTable<ServerCall>.Action, _ stream: UInt32, _ body: ByteBuffer) {
        switch action {
        case .ignore: break
        case .open: self.open(stream, body)
        case .answer(let violation): self.answer(violation.status, on: stream)
        case .abort(let call, let violation):
            self.answer(violation.status, on: stream)
            call.cancel(violation.status)
        case .close: self.close()
        }
    }

    /// Starts the call of a request, or answers why not.
    private func open(_ stream: UInt32, _ body: ByteBuffer) {
        do {
            let call = try self.makeCall(stream, body)
            self.calls.start(call, on: stream)
            self.shared.workers.add(call)
        } catch {
            self.answer(error, on: stream)
        }
    }

    private func makeCall(_ stream: UInt32, _ body: ByteBuffer) throws(Status) -> ServerCall {
        let bytes = body.readableBytesUInt8Span
        let request = try self.parse(bytes)
        guard request.metadataSize <= self.service.limits.maxMetadata else {
            throw Violation.metadataTooLarge.status
        }
        let (service, name) = (bytes.extracting(request.service), bytes.extracting(request.method))
        guard let method = self.service.methods.find(service: service, name: name) else {
            throw Status.noSuchMethod(service, name)
        }
        guard request.timeout >= 0 else { throw Violation.expired.status }
        return ServerCall(
            on: self,
            stream: stream,
            method: method,
            payload: body.part(request.payload),
            metadata: request.metadata,
            timeout: request.timeout
        )
    }

    private func parse(_ bytes: Span<UInt8>) throws(Status) -> RequestEnvelope {
        do {
            return try RequestEnvelope(parsing: bytes, metadataLimit: self.service.limits.maxMetadata)
        } catch {
            throw Violation.malformedRequest.status
        }
    }
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
