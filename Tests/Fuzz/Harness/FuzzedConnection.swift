import Logging
import NIOCore
import NIOEmbedded
import SwiftProtobuf

/// A server connection without a socket, whose every answer is checked.
final class FuzzedConnection {
    private let channel: EmbeddedChannel
    private let connection: ServerConnection
    private let core: ServerCore
    private let handlers = FuzzHandlers()
    private var watch = ProtocolWatch()

    init() throws {
        let methods = self.handlers.definition.methods.map { handler in
            (descriptor: handler.descriptor, value: ServedMethod(handler, interceptors: []))
        }
        var logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        self.core = ServerCore(methods: try MethodTable(methods), limits: .init(), logger: logger)
        let loop = EmbeddedEventLoop()
        self.channel = EmbeddedChannel(loop: loop)
        self.connection = ServerConnection(of: self.core, on: ServerLoop(loop))
        _ = self.core.connections.add(self.connection)
        try self.channel.pipeline.syncOperations.addHandler(self.connection)
        self.channel.connect(to: try SocketAddress(ipAddress: "192.0.2.7", port: 5000), promise: nil)
    }

    /// Does what the script says and checks what comes back.
    func take(_ step: Script.Step) throws {
        switch step {
        case .frame(let header, let body, let isSplit):
            self.watch.sent(header)
            var bytes = ByteBuffer()
            bytes.writeMultipleIntegers(UInt32(header.length), header.stream, header.type, header.flags.rawValue)
            bytes.writeBytes(body)
            try self.deliver(bytes, isSplit: isSplit)
        case .request(let stream, let method, let flags, let timeout, let offers, let payload):
            try self.request(stream, method, flags, timeout, offers, payload)
        case .settings(let isAcknowledgement, let window):
            self.watch.sentSettings(isAcknowledgement: isAcknowledgement)
            var settings = ExtensionSettings().message(maxStreams: nil)
            settings.initialStreamWindow = window
            var bytes = ByteBuffer()
            bytes.write(.settings(settings, isAcknowledgement: isAcknowledgement))
            try self.deliver(bytes)
        case .raw(let bytes):
            self.watch.sentAnything()
            try self.deliver(ByteBuffer(bytes: bytes))
        case .time(let milliseconds): self.channel.embeddedEventLoop.advanceTime(by: .milliseconds(milliseconds))
        case .writability(let isWritable): self.setWritable(isWritable)
        case .openGate: self.handlers.gate.open()
        case .drain: self.connection.drain()
        }
        self.channel.embeddedEventLoop.run()
        try self.check()
    }

    /// Hangs up and makes sure that nothing is left of the connection.
    func finish() throws {
        self.setWritable(true)
        self.handlers.gate.open()
        self.channel.close(promise: nil)
        self.channel.embeddedEventLoop.run()
        self.channel.embeddedEventLoop.advanceTime(by: .hours(1))
        precondition(self.core.connections.connections.isEmpty, "A connection outlives its channel and its handlers.")
        self.connection.shared.workers.stop()
        self.channel.embeddedEventLoop.run()
        _ = try? self.channel.finish(acceptAlreadyClosed: true)
    }

    private func request(
        _ stream: UInt32,
        _ method: Int,
        _ flags: UInt8,
        _ timeout: Int64,
        _ offers: Bool,
        _ payload: ArraySlice<UInt8>
    ) throws {
        let methods = FuzzHandlers.methods
        let envelope = try Ttrpc_Request.with {
            $0.service = FuzzHandlers.service
            $0.method = methods[method % methods.count].name
            $0.payload = try Ttrpc_KeyValue.with { $0.value = String(decoding: payload, as: UTF8.self) }
                .serializedBytes()
            $0.timeoutNano = timeout
            if offers { $0.xtOffer = try ExtensionSettings().message(maxStreams: nil).serializedBytes() }
        }
        let body: [UInt8] = try envelope.serializedBytes()
        let header = FrameHeader(length: body.count, stream: stream, type: 1, flags: FrameFlags(rawValue: flags))
        if offers { self.watch.offered() }
        try self.take(.frame(header, body: body[...], isSplit: false))
    }

    private func deliver(_ bytes: ByteBuffer, isSplit: Bool = false) throws {
        guard self.channel.isActive else { return }
        var bytes = bytes
        if isSplit, let start = bytes.readSlice(length: bytes.readableBytes / 2) {
            try self.channel.writeInbound(start)
        }
        if self.channel.isActive { try self.channel.writeInbound(bytes) }
    }

    private func setWritable(_ isWritable: Bool) {
        self.channel.isWritable = isWritable
        self.channel.pipeline.fireChannelWritabilityChanged()
    }

    private func check() throws {
        var output = ByteBuffer()
        while var written = try self.channel.readOutbound(as: ByteBuffer.self) { output.writeBuffer(&written) }
        self.watch.received(output)
    }
}
