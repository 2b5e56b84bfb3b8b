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

    init(_ configuration: ClientConfiguration = .init()) {
        let dialled = Dialled(self.loop)
        self.dialled = dialled
        self.dispatcher = CallDispatcher(
            .unix(path: "/in/hand"),
            configuration,
            on: self.loop,
            logger: .silent,
            dial: { dialled.dial($0) }
        )
    }

    /// The server's ends of the connections made, in order.
    var connections: [EmbeddedChannel] { self.dialled.channels }

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
        timeout: TimeAmount? = nil
    ) throws -> ClientCall {
        let call = ClientCall(
            method.descriptor,
            method.descriptor.kind.streamsRequests
                ? .requestEnvelope(method.descriptor, Metadata())
                : try .requestEnvelope(method.descriptor, message, Metadata()),
            deadline: timeout.map { self.loop.now + $0 },
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
    var isReachable: Bool? = true

    init(_ loop: EmbeddedEventLoop) {
        self.loop = loop
    }

    func dial(_ connection: ClientConnection) -> EventLoopFuture<any Channel> {
        self.attempts += 1
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
