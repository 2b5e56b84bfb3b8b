internal import Logging
internal import NIOCore

/// One connection to a server: requests out, frames in.
// Touched on its event loop only.
final class ClientConnection: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What became of a call that should be sent.
    enum Sending {
        case sent
        /// The call has failed; nothing is sent.
        case refused
        /// The connection opens no more calls; another one must.
        case exhausted
    }

    private let dispatcher: CallDispatcher
    private var context: ChannelHandlerContext?
    private var streams: StreamTable<ClientCall>
    private var decoder = FrameDecoder()
    private var output = ByteBuffer()
    /// Whether a call has been sent since the connection was idle.
    private var isBusy = false
    private var isPaused = false
    private var readHeldBack = false

    /// Called when the last open call has ended by an answer.
    var becameIdle: (() -> Void)?
    /// Called when the connection is gone.
    var becameGone: (() -> Void)?

    init(_ dispatcher: CallDispatcher, maxCalls: Int) {
        self.dispatcher = dispatcher
        self.streams = StreamTable(limit: maxCalls, firstStream: dispatcher.configuration.firstStream)
    }

    /// Whether requests can be sent.
    var isOpen: Bool { self.context != nil }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.decoder.append(self.unwrapInboundIn(data))
        while let event = self.decoder.next() { self.receive(event) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.isBusy, self.streams.isIdle { self.allCallsEnded() }
    }

    func read(context: ChannelHandlerContext) {
        if self.isPaused { return self.readHeldBack = true }
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.dispatcher.logger.debug("Connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        let lost = self.dispatcher.connectionLost
        for call in self.streams.close() { self.end(call, .failure(lost)) }
        self.becameGone?()
    }

    /// Closes the connection; open calls fail.
    func close() {
        self.context?.close(promise: nil)
    }

    /// Closes the connection.
    ///
    /// - Returns: When it is closed; nil if it is.
    func closeAndTell() -> EventLoopFuture<Void>? {
        defer { self.close() }
        return self.context?.channel.closeFuture
    }

    /// A connection that can open no call and has none open is of no use.
    private func closeIfSpent() {
        if self.streams.isExhausted, self.streams.isIdle { self.close() }
    }

    private func allCallsEnded() {
        self.isBusy = false
        self.closeIfSpent()
        self.resumeReading()
        self.becameIdle?()
    }
}

// MARK: - Requests

extension ClientConnection {
    /// Writes the request of a call, which goes out with the next `flush`.
    func send(_ call: ClientCall) -> Sending {
        guard self.pendingBytes < self.dispatcher.configuration.maxPendingOutput else {
            return self.refuse(call, .tooManyRequests)
        }
        switch self.streams.open(call, call.method.kind) {
        case .exhausted:
            self.closeIfSpent()
            return .exhausted
        case .full: return self.refuse(call, .tooManyRequests)
        case .opened(let stream): return self.write(call, on: stream)
        }
    }

    /// Hands all written requests to the channel, in one piece.
    func flush() {
        guard self.output.readableBytes > 0, let context = self.context else { return }
        context.writeAndFlush(self.wrapOutboundOut(self.output), promise: nil)
        self.output = ByteBuffer()
    }

    /// Drops a call that ended on this side; late frames for it are ignored.
    func forget(_ call: ClientCall) {
        self.streams.forget(call.stream)
        self.ended(call)
        self.closeIfSpent()
    }

    private func write(_ call: ClientCall, on stream: UInt32) -> Sending {
        let timeout = call.deadline.map { max(1, ($0 - self.dispatcher.loop.now).nanoseconds) }
        let endsStream = call.method.kind == .serverStreaming
        do {
            try self.output.writeRequest(call.envelope, timeout: timeout, on: stream, endsStream: endsStream)
        } catch {
            self.streams.forget(stream)
            return self.refuse(call, error)
        }
        self.isBusy = true
        call.stream = stream
        call.connection = self
        return .sent
    }

    private func refuse(_ call: ClientCall, _ status: Status) -> Sending {
        self.end(call, .failure(status))
        return .refused
    }

    private var pendingBytes: Int {
        guard let channel = self.context?.channel, !channel.isWritable else { return 0 }
        return (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

// MARK: - Responses

extension ClientConnection {
    /// Goes on reading after a caller has read what was waiting.
    func resumeReading() {
        self.isPaused = false
        guard self.readHeldBack else { return }
        self.readHeldBack = false
        self.context?.read()
    }

    private func receive(_ event: FrameDecoder.Event) {
        switch event {
        case .frame(let header, let body): self.obey(self.streams.receive(header), body)
        case .oversize(let header): self.obey(self.streams.receiveOversize(header), ByteBuffer())
        case .broken: self.close()
        }
    }

    private func obey(_ action: StreamTable<ClientCall>.Action, _ body: ByteBuffer) {
        switch action {
        case .ignore: break
        case .message(let call): self.deliver(body, to: call)
        case .lastMessage(let call):
            self.deliver(body, to: call)
            self.end(call, .success(()))
        case .end(let call): self.end(call, .success(()))
        case .fail(let call, let breach): self.end(call, .failure(breach.status))
        case .response(let call): self.receiveResponse(body, for: call)
        }
    }

    private func receiveResponse(_ body: ByteBuffer, for call: ClientCall) {
        let bytes = body.readableBytesUInt8Span
        guard let envelope = try? ResponseEnvelope(parsing: bytes) else {
            return self.end(call, .failure(Status.malformedResponse))
        }
        if let status = envelope.status.map({ Status(decoding: bytes.extracting($0).bytes) }), status.code != .ok {
            return self.end(call, .failure(status))
        }
        // Nothing should come with the end of a stream; if something does, it is the last message.
        if call.method.kind == .unary || !envelope.payload.isEmpty {
            self.deliver(body.part(envelope.payload), to: call)
        }
        self.end(call, .success(()))
    }

    private func deliver(_ message: ByteBuffer, to call: ClientCall) {
        let isFull = call.responses.deliver(message)
        if isFull, call.method.kind == .serverStreaming { self.isPaused = true }
    }

    private func end(_ call: ClientCall, _ end: Result<Void, any Error>) {
        call.responses.finish(end)
        self.ended(call)
    }

    private func ended(_ call: ClientCall) {
        call.connection = nil
        self.dispatcher.ended(call)
    }
}
