import NIOCore
import NIOEmbedded

@testable import RPC

/// A client whose connections, event loop and time are in the test's hand.
final class ClientInHand {
    /// Why a connection cannot be made.
    struct Unreachable: Error {}

    let loop = EmbeddedEventLoop()
    let dispatcher: CallDispatcher
    private let dialled: Dialled

    /// Makes a client of a number of addresses, `/0`, `/1` and so on.
    init(_ configuration: ClientConfiguration = .init(), addresses: Int = 1) {
        let dialled = Dialled(self.loop)
        self.dialled = dialled
        self.dispatcher = CallDispatcher(
            (0..<addresses).map { .unix(path: "/\($0)") },
            configuration,
            on: self.loop,
            logger: .silent,
            dial: { dialled.dial($0, $1) }
        )
    }

    /// The server's ends of the connections made, in order.
    var connections: [EmbeddedChannel] { self.dialled.channels }

    /// The addresses that were dialled, in order.
    var addresses: [String] { self.dialled.addresses.map { "\($0)" } }

    /// Addresses that cannot be reached.
    var dead: Set<String> {
        get { self.dialled.dead }
        set { self.dialled.dead = newValue }
    }

    /// How many attempts to connect there were.
    var attempts: Int { self.dialled.attempts }

    /// Whether connecting works; nil leaves attempts undecided until `giveUp`.
    var isReachable: Bool? {
        get { self.dialled.isReachable }
        set { self.dialled.isReachable = newValue }
    }

    /// Fails the attempts that are undecided.
    func giveUp() {
        self.dialled.undecided.forEach { $0.promise.fail(Unreachable()) }
        self.loop.run()
    }

    /// Lets the attempts that are undecided succeed.
    func connect() {
        self.dialled.isReachable = true
        self.dialled.decide()
        self.loop.run()
    }

    /// Starts a call.
    func call(
        _ method: EchoService.EchoMethod,
        _ message: Ttrpc_KeyValue = .init(),
        timeout: TimeAmount? = nil,
        options: CallOptions = .init()
    ) throws -> ClientCall {
        let call = ClientCall(
            method.descriptor,
            method.descriptor.kind.streamsRequests
                ? .requestEnvelope(method.descriptor, options.metadata)
                : try .requestEnvelope(method.descriptor, message, options.metadata),
            deadline: timeout.map { self.loop.now + $0 },
            options: options,
            self.dispatcher
        )
        self.dispatcher.submit(call)
        self.loop.run()
        return call
    }

    /// Takes what the client has written on a connection since the last time.
    func receive(on connection: Int = 0) throws -> [Frame] {
        var bytes = ByteBuffer()
        while var written = try self.connections[connection].readOutbound(as: ByteBuffer.self) {
            bytes.writeBuffer(&written)
        }
        return Frame.all(in: bytes)
    }

    /// Delivers frames in one read.
    func send(_ frames: Frame..., on connection: Int = 0) throws {
        try self.connections[connection].writeInbound(ByteBuffer(bytes: frames.flatMap(\.bytes)))
        self.loop.run()
    }

    /// Closes the client.
    func close() {
        _ = self.dispatcher.close()
        self.loop.run()
    }

    /// Says whether the server takes more.
    func setWritable(_ isWritable: Bool, on connection: Int = 0) {
        self.connections[connection].isWritable = isWritable
        self.connections[connection].pipeline.fireChannelWritabilityChanged()
        self.loop.run()
    }

    /// Lets the client do what it leaves until the event loop has looked at its sockets.
    func lookAtSockets() {
        self.pass(.milliseconds(10))
    }

    /// Lets time pass.
    func pass(_ time: TimeAmount) {
        self.loop.advanceTime(by: time)
    }
}

// Touched on the test's thread only, as the embedded event loop demands.
private final class Dialled: @unchecked Sendable {
    private let loop: EmbeddedEventLoop
    private(set) var channels: [EmbeddedChannel] = []
    private(set) var attempts = 0
    private(set) var undecided: [(connection: ClientConnection, promise: EventLoopPromise<any Channel>)] = []
    private(set) var addresses: [Server.Address] = []
    var isReachable: Bool? = true
    var dead: Set<String> = []

    init(_ loop: EmbeddedEventLoop) {
        self.loop = loop
    }

    func dial(_ address: Server.Address, _ connection: ClientConnection) -> EventLoopFuture<any Channel> {
        self.attempts += 1
        self.addresses.append(address)
        if self.dead.contains("\(address)") { return self.loop.makeFailedFuture(ClientInHand.Unreachable()) }
        guard let isReachable = self.isReachable else {
            let promise = self.loop.makePromise(of: (any Channel).self)
            self.undecided.append((connection, promise))
            return promise.futureResult
        }
        guard isReachable else { return self.loop.makeFailedFuture(ClientInHand.Unreachable()) }
        return self.open(connection)
    }

    /// Opens what was left undecided.
    func decide() {
        for (connection, promise) in self.undecided { self.open(connection).cascade(to: promise) }
        self.undecided = []
    }

    private func open(_ connection: ClientConnection) -> EventLoopFuture<any Channel> {
        let channel = EmbeddedChannel(handler: connection, loop: self.loop)
        self.channels.append(channel)
        return channel.connect(to: .makeUnixForTest()).map { channel }
    }
}

extension SocketAddress {
    /// Any address.
    fileprivate static func makeUnixForTest() -> SocketAddress {
        guard let address = try? SocketAddress(unixDomainSocketPath: "/in/hand") else {
            preconditionFailure("a short path is an address")
        }
        return address
    }
}

extension ClientCall {
    /// The status the call has failed with.
    var failure: Status? {
        if case .failure(let error) = self.responses.end { error as? Status } else { nil }
    }
}
