import Logging
import NIOCore
import NIOEmbedded

@testable import RPC

/// A server connection whose channel, event loop and time are in the test's hand: everything happens on the test's
/// thread, when the test says so.
final class ConnectionInHand {
    let channel: EmbeddedChannel
    let handlers = EchoHandlers()
    let connection: ServerConnection
    let core: ServerCore

    init(_ configuration: ServerConfiguration = .init(), interceptors: [any ServerInterceptor] = []) throws {
        let methods = self.handlers.definition.methods.map { handler in
            (descriptor: handler.descriptor, value: ServedMethod(handler, interceptors: interceptors))
        }
        let logger = Logger.silent
        self.core = ServerCore(methods: try MethodTable(methods), limits: configuration, logger: logger)
        let loop = EmbeddedEventLoop()
        self.channel = EmbeddedChannel(loop: loop)
        self.connection = ServerConnection(of: self.core, on: ServerLoop(loop))
        _ = self.core.connections.add(self.connection)
        try self.channel.pipeline.syncOperations.addHandler(self.connection)
        self.channel.connect(to: try SocketAddress(ipAddress: "192.0.2.7", port: 5000), promise: nil)
    }

    /// Whether the server has closed the connection.
    var isClosed: Bool { !self.channel.isActive }

    /// Whether the server still knows the connection.
    var isKnown: Bool { !self.core.connections.connections.isEmpty }

    /// Delivers frames in one read.
    func send(_ frames: Frame...) throws {
        try self.send(bytes: frames.flatMap(\.bytes))
    }

    /// Delivers bytes in one read.
    func send(bytes: [UInt8]) throws {
        try self.channel.writeInbound(ByteBuffer(bytes: bytes))
        self.channel.embeddedEventLoop.run()
    }

    /// Takes what the server has written since the last time.
    func receive() throws -> [Frame] {
        var bytes = ByteBuffer()
        while var written = try self.channel.readOutbound(as: ByteBuffer.self) { bytes.writeBuffer(&written) }
        return Frame.all(in: bytes)
    }

    /// Delivers frames in one read and takes what the server writes.
    func exchange(_ frames: Frame...) throws -> [Frame] {
        try self.send(bytes: frames.flatMap(\.bytes))
        return try self.receive()
    }

    /// Opens a gate and lets the handlers behind it run.
    func open(_ gate: String) {
        self.handlers.gates.open(gate)
        self.channel.embeddedEventLoop.run()
    }

    /// Lets time pass.
    func pass(_ time: TimeAmount) {
        self.channel.embeddedEventLoop.advanceTime(by: time)
    }

    /// Lets the connection finish its calls and close.
    func drain() {
        self.connection.drain()
        self.channel.embeddedEventLoop.run()
    }

    /// Closes the connection from the client's side.
    func hangUp() {
        self.channel.close(promise: nil)
        self.channel.embeddedEventLoop.run()
    }

    /// Says whether the peer takes more.
    func setWritable(_ isWritable: Bool) {
        self.channel.isWritable = isWritable
        self.channel.pipeline.fireChannelWritabilityChanged()
        self.channel.embeddedEventLoop.run()
    }
}
