import NIOCore

/// A client's connection and the one that the proxy opened for it, both on one event loop.
final class ProxyConnection {
    private let client: any Channel
    private let server: any Channel
    private var relay: Relay

    private init(_ client: any Channel, _ server: any Channel, _ relay: Relay) {
        self.client = client
        self.server = server
        self.relay = relay
    }

    /// Lets two channels of one event loop talk to each other.
    static func join(
        _ client: any Channel,
        _ server: any Channel,
        choosing choose: @escaping @Sendable (Exchange) -> Fault?
    ) throws {
        let connection = ProxyConnection(client, server, Relay(choosing: choose))
        try client.pipeline.syncOperations.addHandler(Side(connection, isClient: true))
        try server.pipeline.syncOperations.addHandler(Side(connection, isClient: false))
        // Who hung up before the handlers were there told nobody.
        if !server.isActive { client.close(promise: nil) }
    }

    private func received(_ bytes: ByteBuffer, fromClient: Bool) {
        self.perform(fromClient ? self.relay.received(fromClient: bytes) : self.relay.received(fromServer: bytes))
    }

    private func ended(client isClient: Bool) {
        guard isClient else { return self.client.close(promise: nil) }
        if !self.relay.isAbandoned { self.server.close(promise: nil) }
    }

    private func perform(_ steps: [Relay.Step]) {
        for step in steps {
            switch step {
            case .send(let bytes): self.server.writeAndFlush(bytes, promise: nil)
            case .answer(let bytes): self.client.writeAndFlush(bytes, promise: nil)
            case .wait(let time):
                self.client.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
                    self.perform(self.relay.waited())
                }
            case .hangUpOnClient: self.client.close(promise: nil)
            case .hangUp:
                self.client.close(promise: nil)
                self.server.close(promise: nil)
            }
        }
    }

    /// Hands on what comes from one side.
    private final class Side: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let connection: ProxyConnection
        private let isClient: Bool

        init(_ connection: ProxyConnection, isClient: Bool) {
            self.connection = connection
            self.isClient = isClient
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.connection.received(self.unwrapInboundIn(data), fromClient: self.isClient)
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.connection.ended(client: self.isClient)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
