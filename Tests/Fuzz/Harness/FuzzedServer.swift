import Logging
import NIOCore
import NIOEmbedded
import SwiftProtobuf

/// A server connection without a socket, whose every answer is checked.
final class FuzzedServer {
    private let channel: EmbeddedChannel
    private let connection: ServerConnection
    private let core: ServerCore
    private let handlers = FuzzHandlers()
    private var watch = ServerWatch()

    init(limits: UInt8) throws {
        let methods = self.handlers.definition.methods.map { handler in
            (descriptor: handler.descriptor, value: ServedMethod(handler, interceptors: []))
        }
        self.core = ServerCore(methods: try MethodTable(methods), limits: .init(fuzzed: limits), logger: .fuzz)
        let loop = EmbeddedEventLoop()
        self.channel = EmbeddedChannel(loop: loop)
        self.connection = ServerConnection(of: self.core, on: ServerLoop(loop))
        _ = self.core.connections.add(self.connection)
        try self.channel.pipeline.syncOperations.addHandler(self.connection)
        self.channel.connect(to: try .fuzz, promise: nil)
    }

    /// Does what the script says and checks what comes back.
    func take(_ step: ServerStep) throws {
        switch step {
        case .frame(let header, let body, let isSplit):
            self.watch.sent(header)
            try self.channel.deliver(ByteBuffer(header, body), isSplit: isSplit)
        case .request(let stream, let method, let flags, let timeout, let offers, let payload):
            try self.request(stream, method, flags, timeout, offers, payload)
        case .settings(let settings, let isAcknowledgement):
            self.watch.sentSettings(isAcknowledgement: isAcknowledgement, maxFrame: settings.message.maxFrame)
            try self.channel.deliver(ByteBuffer(settings, isAcknowledgement: isAcknowledgement))
        case .raw(let bytes):
            self.watch.sentAnything()
            try self.channel.deliver(ByteBuffer(bytes: bytes))
        case .time(let milliseconds): self.channel.embeddedEventLoop.advanceTime(by: .milliseconds(milliseconds))
        case .writability(let isWritable): self.channel.setWritable(isWritable)
        case .openGate: self.handlers.gate.open()
        case .drain: self.connection.drain()
        }
        self.channel.embeddedEventLoop.run()
        self.watch.received(try self.channel.takeOutbound())
    }

    /// Hangs up and makes sure that nothing is left of the connection.
    func finish() throws {
        self.channel.setWritable(true)
        self.handlers.gate.open()
        self.channel.close(promise: nil)
        self.channel.embeddedEventLoop.run()
        self.channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        precondition(self.core.connections.connections.isEmpty, "A connection outlives its channel and its handlers.")
        self.connection.shared.workers.stop()
        self.channel.embeddedEventLoop.run()
        _ = try? self.channel.finish(acceptAlreadyClosed: true)
    }

    private func request(
        _ stream: UInt32,
        _ method: UInt8,
        _ flags: UInt8,
        _ timeout: Int64,
        _ offers: Bool,
        _ payload: [UInt8]
    ) throws {
        let methods = FuzzHandlers.methods
        let envelope = try Ttrpc_Request.with {
            $0.service = FuzzHandlers.service
            $0.method = methods[Int(method) % methods.count].name
            $0.payload = try Ttrpc_KeyValue.with { $0.value = String(decoding: payload, as: UTF8.self) }
                .serializedBytes()
            $0.timeoutNano = timeout
            if offers { $0.xtOffer = try ExtensionSettings().message(maxStreams: nil).serializedBytes() }
        }
        let body: [UInt8] = try envelope.serializedBytes()
        let header = FrameHeader(length: body.count, stream: stream, type: 1, flags: FrameFlags(rawValue: flags))
        if offers { self.watch.offered() }
        try self.take(.frame(header, body: body, isSplit: false))
    }
}
