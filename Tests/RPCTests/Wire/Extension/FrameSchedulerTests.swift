import NIOCore
import Testing

@testable import RPC

struct FrameSchedulerTests {
    private var scheduler: FrameScheduler
    private var output = ByteBuffer()

    init() throws {
        self.scheduler = FrameScheduler(try .test(stream: 1000, connection: 3000, fragment: 100))
    }

    @Test mutating func `leaves a small frame where it was encoded`() {
        self.send(.test(.response, 1, 100))

        #expect(self.output.headers() == [.test(.response, 1, 100)])
        #expect(self.scheduler.isEmpty)
    }

    @Test mutating func `cuts a long body into fragments`() {
        self.send(.test(.response, 1, 250))
        #expect(self.output.readableBytes == 0)

        self.write()

        let headers = self.output.headers()
        #expect(headers.map(\.length) == [100, 100, 50])
        #expect(headers.map(\.type) == [2, 0x87, 0x87])
        #expect(headers.map(\.flags) == [.more, .continues, []])
        #expect(self.scheduler.isEmpty)
    }

    @Test mutating func `sends the first piece of a long request at once, so that requests keep their order`() {
        self.send(.test(.request, 1, 250))
        self.send(.test(.request, 3, 10))
        #expect(self.output.headers().map(\.stream) == [1, 3])

        self.write()

        let headers = self.output.headers()
        #expect(headers.map(\.stream) == [1, 3, 1, 1])
        #expect(headers.map(\.length) == [100, 10, 100, 50])
        #expect(headers.map(\.type) == [1, 1, 0x87, 0x87])
        #expect(headers.map(\.flags) == [.more, [], .continues, []])
        #expect(self.scheduler.isEmpty)
    }

    @Test mutating func `a stream from before the agreement costs the connection no credit`() {
        self.send(.test(.data, 1, 5000))
        self.write()

        #expect(self.output.headers().map(\.length).reduce(0, +) == 5000)
        #expect(self.scheduler.isEmpty)
    }

    @Test mutating func `lets streams take turns, a fragment each`() {
        self.send(.test(.response, 1, 300))
        self.send(.test(.response, 3, 200))
        self.send(.test(.response, 5, 150))

        self.write()

        #expect(self.output.headers().map(\.stream) == [1, 3, 5, 1, 3, 5, 1])
    }

    @Test mutating func `lets a small frame go between the fragments of another stream`() {
        self.send(.test(.response, 1, 300))
        self.write(limit: 1)
        self.send(.test(.response, 3, 64))
        self.write()

        #expect(self.output.headers().map(\.stream) == [1, 3, 1, 1])
    }

    @Test mutating func `keeps the order of frames within a stream`() {
        self.scheduler.open(1)
        self.send(.test(.data, 1, 250))
        self.send(.test(.data, 1, 10))
        self.send(FrameHeader(length: 0, stream: 1, type: 3, flags: [.remoteClosed, .noData]))

        self.write()

        #expect(self.output.headers().map(\.length) == [100, 100, 50, 10, 0])
    }

    @Test mutating func `stops at the stream's window and goes on with its credit`() throws {
        self.scheduler.open(1)
        for _ in 0..<10 { self.send(.test(.data, 1, 100)) }  // a charge of 110 each

        self.write()
        #expect(self.output.headers().map(\.length).reduce(0, +) == 900)
        #expect(!self.scheduler.hasReady)

        try self.scheduler.grant(500, to: 1)
        self.write()
        #expect(self.output.headers().map(\.length).reduce(0, +) == 1000)
        #expect(self.scheduler.isEmpty)
    }

    @Test mutating func `stops at the connection's window, but not what needs no credit`() throws {
        for stream in [1, 3, 5, 7] as [UInt32] {
            self.scheduler.open(stream)
            for _ in 0..<9 { self.send(.test(.data, stream, 100)) }
        }
        self.write()
        let sent = self.output.headers().map(\.length)
        #expect(sent.reduce(0) { $0 + FrameHeader.charge(of: $1) } <= 3000)

        self.send(.test(.response, 9, 300))
        self.write()
        #expect(self.output.headers().filter { $0.stream == 9 }.map(\.length) == [100, 100, 100])

        try self.scheduler.grantConnection(3000)
        self.write()
        #expect(self.output.headers().filter { $0.stream == 7 }.map(\.length).reduce(0, +) == 900)
        #expect(self.scheduler.isEmpty)
    }

    @Test mutating func `lets the end of a stream pass without credit`() {
        self.scheduler.open(1)
        for _ in 0..<9 { self.send(.test(.data, 1, 100)) }
        let end = FrameHeader(length: 0, stream: 1, type: 3, flags: [.remoteClosed, .noData])
        self.send(end)

        #expect(self.output.headers().last == end)
    }

    @Test mutating func `throws away what a stream has queued, and tells whether a body was begun`() {
        self.send(.test(.response, 1, 300))
        self.send(.test(.response, 3, 300))
        self.write(limit: 1)

        let hadBegun1 = self.scheduler.discard(1)
        #expect(hadBegun1)
        let hadBegun2 = self.scheduler.discard(3)
        #expect(!hadBegun2)
        let hadBegun3 = self.scheduler.discard(5)
        #expect(!hadBegun3)
        #expect(self.scheduler.isEmpty)
        #expect(!self.scheduler.hasReady)
    }

    @Test mutating func `tells when a full stream has room again`() throws {
        self.scheduler.open(1)
        let length = FrameScheduler.fullStream + 50
        self.send(.test(.response, 1, length))
        #expect(self.scheduler.isFull(1))

        self.write(limit: 100)

        #expect(!self.scheduler.isFull(1))
        let outcome4 = self.scheduler.takeRelieved()
        #expect(outcome4 == [1])
        let outcome5 = self.scheduler.takeRelieved()
        #expect(outcome5 == [])
    }

    @Test mutating func `refuses grants that cannot be`() throws {
        self.scheduler.open(1)

        #expect(throws: FlowControlError()) { try self.scheduler.grant(0, to: 1) }
        #expect(throws: FlowControlError()) { try self.scheduler.grant(0, to: 99) }
        #expect(throws: FlowControlError()) { try self.scheduler.grant(UInt32(Int32.max), to: 1) }
        #expect(throws: FlowControlError()) { try self.scheduler.grantConnection(UInt32(Int32.max)) }
        try self.scheduler.grant(5, to: 99)
    }

    @Test(arguments: 0..<30)
    func `whatever is sent and granted arrives whole, in order and within the credit`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var scheduler = FrameScheduler(try .test(stream: 500, connection: 1200, fragment: 100))
        var peer = ModelPeer(stream: 500, connection: 1200)
        let streams: [UInt32] = [1, 3, 5, 7]
        for stream in streams { scheduler.open(stream) }
        var sent: [UInt32: [[UInt8]]] = [:]

        for step in 0..<400 {
            var output = ByteBuffer()
            if step < 200, let stream = streams.randomElement(using: &random) {
                let body = random.bytes(upTo: 400)
                sent[stream, default: []].append(body)
                output.writeHeader(length: body.count, stream: stream, type: .data)
                output.writeBytes(body)
                scheduler.admit(&output, frameAt: 0)
            }
            scheduler.write(to: &output, limit: .random(in: 1...1000, using: &random))
            for grant in try peer.receive(output) {
                if grant.stream == 0 {
                    try scheduler.grantConnection(grant.credit)
                } else {
                    try scheduler.grant(grant.credit, to: grant.stream)
                }
            }
        }

        #expect(peer.bodies == sent)
        #expect(scheduler.isEmpty)
    }
}

extension FrameSchedulerTests {
    /// Encodes a frame as a connection would and lets the scheduler see it.
    private mutating func send(_ header: FrameHeader) {
        let start = self.output.writerIndex
        self.output.writeMultipleIntegers(UInt32(header.length), header.stream, header.type, header.flags.rawValue)
        self.output.writeRepeatingByte(7, count: header.length)
        self.scheduler.admit(&self.output, frameAt: start)
    }

    private mutating func write(limit: Int = .max) {
        let before = self.output.readableBytes
        self.scheduler.write(to: &self.output, limit: limit == .max ? .max : before + limit)
    }
}

/// Receives what a scheduler sends and grants credit as a receiver does that reads at once.
private struct ModelPeer {
    private(set) var bodies: [UInt32: [[UInt8]]] = [:]
    private var parts: [UInt32: [UInt8]] = [:]
    private var windows: [UInt32: ReceiveWindow] = [:]
    private var window: ReceiveWindow
    private let streamWindow: Int

    init(stream: Int, connection: Int) {
        self.window = ReceiveWindow(size: connection)
        self.streamWindow = stream
    }

    mutating func receive(_ bytes: ByteBuffer) throws -> [(stream: UInt32, credit: UInt32)] {
        var grants: [(stream: UInt32, credit: UInt32)] = []
        var decoder = FrameDecoder()
        decoder.append(bytes)
        while case .frame(let header, let body) = decoder.next() {
            let charge = FrameHeader.charge(of: header.length)
            try self.window.receive(charge)
            try self.windows[header.stream, default: ReceiveWindow(size: self.streamWindow)].receive(charge)
            if let credit = self.window.release(charge) { grants.append((0, credit)) }
            if let credit = self.windows[header.stream]?.release(charge) { grants.append((header.stream, credit)) }
            self.parts[header.stream, default: []] += Array(body.readableBytesView)
            let goesOn = header.knownType == .data ? header.flags.contains(.more) : header.flags.contains(.continues)
            if !goesOn {
                self.bodies[header.stream, default: []].append(self.parts.removeValue(forKey: header.stream) ?? [])
            }
        }
        return grants
    }
}

extension Agreement {
    fileprivate static func test(stream: UInt32, connection: UInt32, fragment: UInt32) throws -> Agreement {
        var theirs = ExtensionSettings().message(maxStreams: nil)
        theirs.initialStreamWindow = stream
        theirs.initialConnWindow = connection
        theirs.maxFrame = fragment
        return try Agreement(ours: ExtensionSettings().message(maxStreams: 1), theirs: theirs)
    }
}

extension FrameHeader {
    fileprivate static func test(_ type: FrameType, _ stream: UInt32, _ length: Int) -> FrameHeader {
        FrameHeader(length: length, stream: stream, type: type.rawValue, flags: [])
    }
}

extension ByteBuffer {
    fileprivate func headers() -> [FrameHeader] {
        var decoder = FrameDecoder()
        decoder.append(self)
        var headers: [FrameHeader] = []
        while case .frame(let header, _) = decoder.next() { headers.append(header) }
        return headers
    }

}
