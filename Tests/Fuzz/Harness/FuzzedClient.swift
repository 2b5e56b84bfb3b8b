import FoundationEssentials
import NIOCore
import NIOEmbedded
import SwiftProtobuf

/// A client whose servers, event loop and time are the fuzzer's, and whose every frame is checked.
final class FuzzedClient {
    private let loop = EmbeddedEventLoop()
    private let executor: LoopExecutor
    private let dispatcher: CallDispatcher
    private let line: FuzzedLine
    private var calls: [ClientCall] = []
    private var watches: [ClientWatch] = []

    init(limits: UInt8) {
        let line = FuzzedLine(self.loop)
        self.line = line
        self.executor = LoopExecutor(on: self.loop)
        self.dispatcher = CallDispatcher(
            [.unix(path: "/0"), .unix(path: "/1")],
            .init(fuzzed: limits),
            on: self.loop,
            logger: .fuzz,
            dial: { _, connection in line.dial(connection) }
        )
    }

    /// Does what the script says and checks what comes of it.
    func take(_ step: ClientStep) throws {
        switch step {
        case .call(let method, let timeout, let compresses, let hedges, let payload):
            try self.call(method, timeout, compresses, hedges, payload)
        case .write(let number, let payload):
            let message = ByteBuffer(bytes: payload)
            self.asCaller(of: number) { try await $0.write(message) }
        case .end(let number): self.asCaller(of: number) { $0.finishWriting() }
        case .read(let number, let count):
            self.asCaller(of: number) { call in
                for _ in 0...count { guard try await call.next() != nil else { return } }
            }
        case .abandon(let number): self.asCaller(of: number) { $0.abandon() }
        case .frame(let number, let header, let body, let isSplit):
            try self.send(ByteBuffer(header, body), on: number, isSplit: isSplit)
        case .response(let number, let stream, let code, let payload):
            let body: [UInt8] = try Ttrpc_Response.with {
                if code == 0 { $0.payload = .init(payload) } else { $0.status = .with { $0.code = code } }
            }.serializedBytes()
            let header = FrameHeader(length: body.count, stream: stream, type: 2, flags: [])
            try self.send(ByteBuffer(header, body), on: number)
        case .settings(let number, let settings, let isAcknowledgement):
            try self.send(ByteBuffer(settings, isAcknowledgement: isAcknowledgement), on: number)
        case .raw(let number, let bytes): try self.send(ByteBuffer(bytes: bytes), on: number)
        case .writability(let number, let isWritable): self.channel(number)?.setWritable(isWritable)
        case .hangUp(let number): self.channel(number)?.close(promise: nil)
        case .reachable(let isReachable): self.line.isReachable = isReachable
        case .time(let milliseconds): self.loop.advanceTime(by: .milliseconds(milliseconds))
        }
        try self.check()
    }

    /// Closes the client and makes sure that nothing is left of its calls and connections.
    func finish() throws {
        _ = self.dispatcher.close()
        try self.check()
        self.loop.advanceTime(by: .seconds(2))
        precondition(self.calls.allSatisfy { $0.responses.isFinished && $0.attempts.isEmpty }, "A call does not end.")
        precondition(self.line.channels.allSatisfy { !$0.isActive }, "A connection outlives its client.")
        for channel in self.line.channels { _ = try? channel.finish(acceptAlreadyClosed: true) }
    }

    private func call(
        _ method: UInt8,
        _ timeout: Int64,
        _ compresses: Bool,
        _ hedges: Bool,
        _ payload: [UInt8]
    ) throws {
        let method = FuzzHandlers.methods[Int(method) % FuzzHandlers.methods.count]
        let message = Ttrpc_KeyValue.with { $0.value = String(decoding: payload, as: UTF8.self) }
        let call = ClientCall(
            method,
            method.kind.streamsRequests
                ? .requestEnvelope(method, [:]) : try .requestEnvelope(method, message, [:]),
            deadline: timeout == 0 ? nil : self.loop.now + .nanoseconds(min(timeout, TimeAmount.hours(1).nanoseconds)),
            options: CallOptions(hedgeAfter: hedges ? .milliseconds(20) : nil, compression: compresses),
            self.dispatcher
        )
        self.calls.append(call)
        self.dispatcher.submit(call)
    }

    /// Lets a caller do something on the event loop, where it may wait.
    private func asCaller(of number: UInt8, _ body: @escaping @Sendable (ClientCall) async throws -> Void) {
        guard !self.calls.isEmpty else { return }
        let call = self.calls[Int(number) % self.calls.count]
        Task.immediate(executorPreference: self.executor) { try await body(call) }
    }

    private func channel(_ number: UInt8) -> EmbeddedChannel? {
        self.line.channels.isEmpty ? nil : self.line.channels[Int(number) % self.line.channels.count]
    }

    private func send(_ bytes: ByteBuffer, on number: UInt8, isSplit: Bool = false) throws {
        try self.channel(number)?.deliver(bytes, isSplit: isSplit)
    }

    private func check() throws {
        self.loop.run()
        for (number, channel) in self.line.channels.enumerated() {
            if number == self.watches.count { self.watches.append(ClientWatch()) }
            self.watches[number].received(try channel.takeOutbound())
        }
    }
}

/// Where a client finds its servers. Touched on the fuzzer's thread only.
private final class FuzzedLine: @unchecked Sendable {
    private struct Unreachable: Error {}

    private let loop: EmbeddedEventLoop
    private(set) var channels: [EmbeddedChannel] = []
    var isReachable = true

    init(_ loop: EmbeddedEventLoop) {
        self.loop = loop
    }

    func dial(_ connection: ClientConnection) -> EventLoopFuture<any Channel> {
        guard self.isReachable, let address = try? SocketAddress.fuzz else {
            return self.loop.makeFailedFuture(Unreachable())
        }
        let channel = EmbeddedChannel(handler: connection, loop: self.loop)
        self.channels.append(channel)
        return channel.connect(to: address).map { channel }
    }
}
