import NIOCore
import NIOEmbedded
import Testing

@testable import RPC

/// Clients that send anything: whatever comes, the server keeps the rules of what it sends, and is left with nothing.
struct AdversarialClientTests {
    @Test(arguments: 0..<60)
    func `keeps the rules whatever a client sends that agreed`(seed: UInt64) throws {
        var client = try AdversarialClient(seed: seed, isExtended: true)

        try client.run(steps: 150)

        client.finish()
    }

    @Test(arguments: 0..<30)
    func `keeps the rules whatever a plain client sends`(seed: UInt64) throws {
        var client = try AdversarialClient(seed: seed, isExtended: false)

        try client.run(steps: 150)

        client.finish()
    }
}

/// Sends frames by chance, more or less as the protocol has them, and checks all that comes back.
private struct AdversarialClient {
    private static let window = 40_000
    private static let methods = [
        EchoService.echo, EchoService.large, EchoService.count, EchoService.largeStream, EchoService.wait,
        EchoService.pause,
        EchoService.join, EchoService.joinLate, EchoService.first, EchoService.talk, EchoService.greet,
        EchoService.adornedStream, EchoService.adorned, EchoService.breakOff, EchoService.fail,
    ]

    private let server: ConnectionInHand
    private let isExtended: Bool
    private var random: SeededGenerator
    private var next: UInt32 = 3
    private var isOver: Set<UInt32> = []
    private var isInBody: Set<UInt32> = []
    private var credit: [UInt32: Int] = [:]
    private var connectionCredit = Self.window
    private var inData: Set<UInt32> = []

    init(seed: UInt64, isExtended: Bool) throws {
        self.random = SeededGenerator(seed: seed)
        self.isExtended = isExtended
        let configuration = ServerConfiguration.with {
            ($0.maxConcurrentCalls, $0.maxStreamQueue, $0.maxConnectionQueue) = (8, 20_000, 60_000)
            $0.extensionSettings?.maxMessage = 50_000
            $0.maxAge = .seconds(500)
        }
        self.server =
            try isExtended
            ? .extended(
                configuration,
                client: .test { ($0.initialStreamWindow, $0.initialConnWindow) = (40_000, 40_000) }
            )
            : ConnectionInHand(configuration)
        if isExtended { _ = try self.server.receive() }
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps where !self.server.isClosed {
            try self.step()
            for frame in try self.server.receive() { self.check(frame) }
        }
    }

    func finish() {
        self.server.hangUp()
        for gate in ["gate", "join"] { self.server.open(gate) }
        #expect(!self.server.isKnown)
        #expect(self.server.connection.calls.isQuiet)
    }

    private mutating func step() throws {
        switch Int.random(in: 0..<100, using: &self.random) {
        case 0..<30: try self.request()
        case 30..<55: try self.data()
        case 55..<62: try self.fragments()
        case 62..<80: if self.isExtended { try self.grant() }
        case 80..<86: try self.server.send(.extended(.cancel(stream: self.anyStream(), .cancelled, "")))
        case 86..<89: self.server.setWritable(Bool.random(using: &self.random))
        case 89..<93: self.server.pass(.milliseconds(.random(in: 0...2000, using: &self.random)))
        case 93..<95: self.server.open(["gate", "join"].randomElement(using: &self.random) ?? "gate")
        case 95..<96: self.server.drain()
        case 96..<97: try self.server.send(.extended(.ping(2, isAcknowledgement: true)))
        default: try self.garbage()
        }
    }

    /// A stream that has been opened.
    private mutating func anyStream() -> UInt32 {
        .random(in: 0...(self.next / 2 - 1), using: &self.random) * 2 + 1
    }

    private mutating func request() throws {
        guard let method = Self.methods.randomElement(using: &self.random) else { return }
        let sizes = ["gate", "5", "100", "30000", "70000", "fail"]
        let frame = try Frame.request(
            method,
            .of(sizes.randomElement(using: &self.random) ?? "5"),
            on: self.next,
            flags: [0, 1, 2, 6].randomElement(using: &self.random) ?? 0,
            timeout: [0, 0, 0, 1_000_000_000].randomElement(using: &self.random) ?? 0
        )
        self.credit[self.next] = Self.window
        self.next += 2
        try self.server.send(frame)
    }

    private mutating func data() throws {
        let text = String(repeating: "x", count: .random(in: 0...3000, using: &self.random))
        let flags: UInt8 = [0, 0, 0, 0, 1, 4, 5].randomElement(using: &self.random) ?? 0
        try self.server.send(.data(.of(text), on: self.anyStream(), flags: flags))
    }

    private mutating func fragments() throws {
        guard self.isExtended else { return }
        let text = String(repeating: "y", count: .random(in: 0...60_000, using: &self.random))
        let isRequest = Bool.random(using: &self.random)
        let stream = isRequest ? self.next : self.anyStream()
        if isRequest {
            self.credit[self.next] = Self.window
            self.next += 2
        }
        let whole =
            try isRequest ? Frame.request(EchoService.echo, .of(text), on: stream) : .data(.of(text), on: stream)
        let cut = whole.fragments(of: 7000)
        for frame in cut.prefix(.random(in: 1...cut.count, using: &self.random)) where !self.server.isClosed {
            try self.server.send(frame)
        }
    }

    private mutating func grant() throws {
        let credit = UInt32.random(in: 1...20_000, using: &self.random)
        let stream = Bool.random(using: &self.random) ? UInt32.max : self.anyStream()
        if stream == .max { self.connectionCredit += Int(credit) } else { self.credit[stream]? += Int(credit) }
        try self.server.send(.extended(.windowUpdate(stream: stream, credit: credit)))
    }

    private mutating func garbage() throws {
        try self.server.send(
            Frame(
                stream: self.anyStream(),
                type: .random(in: 0 ... .max, using: &self.random),
                flags: .random(in: 0 ... .max, using: &self.random),
                body: self.random.bytes(upTo: 40)
            )
        )
    }

    /// What the rules say of a frame from the server.
    private mutating func check(_ frame: Frame) {
        guard self.isExtended else {
            #expect((1...3).contains(frame.type) && frame.flags & 0xF8 == 0)
            return
        }
        guard frame.stream != .max, frame.type != 0x83 else { return }
        #expect(!self.isOver.contains(frame.stream), "\(frame) comes after the end")
        #expect(frame.body.count <= 16 * 1024)
        switch frame.type {
        case 2: self.noteBody(frame, isLast: frame.flags & 0x40 == 0, ends: true)
        case 3:
            if frame.flags & 4 == 0 { self.spend(frame) }
            self.inData.insert(frame.stream)
            self.noteBody(frame, isLast: frame.flags & 0x40 == 0, ends: frame.flags & 1 != 0)
        case 0x87:
            #expect(self.isInBody.contains(frame.stream))
            if self.inData.contains(frame.stream) { self.spend(frame) }
            let isLast = frame.flags & 1 == 0
            self.noteBody(frame, isLast: isLast, ends: isLast && !self.inData.contains(frame.stream))
        case 0x85: self.isOver.insert(frame.stream)
        case 0x86: #expect(!self.isInBody.contains(frame.stream))
        default: Issue.record("a server does not send \(frame)")
        }
    }

    private mutating func noteBody(_ frame: Frame, isLast: Bool, ends: Bool) {
        #expect(frame.type == 0x87 || !self.isInBody.contains(frame.stream))
        if isLast {
            self.isInBody.remove(frame.stream)
            if frame.type == 0x87 || frame.type == 3 { self.inData.remove(frame.stream) }
            // A refused stream may be answered twice only by being opened twice, which ends the connection.
            if ends { self.isOver.insert(frame.stream) }
        } else {
            self.isInBody.insert(frame.stream)
        }
    }

    private mutating func spend(_ frame: Frame) {
        self.credit[frame.stream]? -= frame.body.count + 10
        self.connectionCredit -= frame.body.count + 10
        #expect(self.credit[frame.stream, default: 0] >= 0)
        #expect(self.connectionCredit >= 0)
    }
}
