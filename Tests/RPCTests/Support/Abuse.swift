import Testing

@testable import RPC

/// A way to exceed one bound of a connection; done when the server has reacted as it should.
struct Abuse: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let configuration: ServerConfiguration
    let commit: @Sendable (RunningServer) async throws -> Void
    /// Whether silence counts for clients that speak the extension, so that the witness must not: it cannot promise to
    /// break it in time on a busy machine.
    var watchesSilence: Bool { self.configuration.maxIdle != nil || self.configuration.keepaliveTimeout == .seconds(1) }

    init(
        _ name: String,
        _ change: (inout ServerConfiguration) -> Void = { _ in },
        _ commit: @escaping @Sendable (RunningServer) async throws -> Void
    ) {
        self.testDescription = name
        self.configuration = .with(change)
        self.commit = commit
    }

    static let all = Self.sizes + Self.waits + Self.counts + Self.streams
}

// MARK: - Too much at once

extension Abuse {
    fileprivate static let sizes = [
        Abuse("a frame that is too long", { $0.maxFrameBody = 10_000 }) { server in
            let client = try await server.connect()
            for stream in [1, 3, 5] as [UInt32] {
                try await client.send(Frame(stream: stream, type: 1, body: Array(repeating: 1, count: 1_000_000)))
                #expect(try await client.next().status.errorInfo?.reason == "FRAME_TOO_LONG")
            }
            try await client.roundTrips(10)
        },
        Abuse(
            "too many frames that are too long",
            { ($0.maxFrameBody, $0.oversizeFramesPerMinute) = (1000, 3) },
            { server in
                let client = try await server.connect()
                let frame = Frame(stream: 1, type: 1, body: Array(repeating: 1, count: 1001))
                for _ in 0..<3 {
                    try await client.send(frame)
                    #expect(try await client.next().status.code == .resourceExhausted)
                }
                try await client.send(frame)
                #expect(try await client.receive() == nil)
            }
        ),
        Abuse("metadata that is too large") { server in
            let client = try await server.connect()
            let pairs = [("key", String(repeating: "v", count: 9000))]
            for stream in stride(from: 1, to: 101, by: 2) as StrideTo<UInt32> {
                try await client.send(.request(EchoService.echo, on: stream, metadata: pairs))
                #expect(try await client.next().status.errorInfo?.reason == "METADATA_TOO_LARGE")
            }
            try await client.roundTrips(10)
        },
        Abuse("a message in pieces that is too long", { $0.extensionSettings?.maxMessage = 20_000 }) { server in
            let client = try await server.connect()
            try await client.agree()
            let message = Ttrpc_KeyValue.of(String(repeating: "x", count: 50_000))
            let pieces = try Frame.request(EchoService.echo, message, on: 3).fragments(of: 10_000)
            try await client.send(bytes: pieces.flatMap(\.bytes))
            #expect(try await client.next().status.errorInfo?.reason == "MESSAGE_TOO_LONG")
            try await client.send(.request(EchoService.echo, .of("hi"), on: 5))
            #expect(try await client.next() == .response(.of("hi"), on: 5))
        },
    ]
}

// MARK: - Too long a wait

extension Abuse {
    fileprivate static let waits = [
        Abuse("no first frame", { $0.firstFrameTimeout = .seconds(3) }) { server in
            let client = try await server.connect()
            #expect(try await client.receive() == nil)
        },
        Abuse("a frame that drips", { $0.frameTimeout = .milliseconds(200) }) { server in
            let client = try await server.connect()
            let frame = try Frame.request(EchoService.echo, .of("hi"), on: 1).bytes
            for byte in frame.prefix(15) { try await client.send(bytes: [byte]) }
            #expect(try await client.receive() == nil)
        },
        Abuse("answers that nobody takes", { $0.stallTimeout = .milliseconds(200) }) { server in
            let client = try await server.connect()
            try await client.setReading(false)
            let text = String(repeating: "x", count: 10_000)
            try await client.send(.request(EchoService.endless, .of(text), on: 1, flags: 1))
            await server.handlers.gates.waitIgnoringCancellation("endless ended")
        },
        Abuse(
            "no sign of life",
            { ($0.keepaliveInterval, $0.keepaliveTimeout) = (.milliseconds(200), .seconds(1)) },
            { server in
                let client = try await server.connect()
                try await client.agree()
                #expect(try await client.next().type == 0x81)
                #expect(try await client.receive() == nil)
            }
        ),
        Abuse("a rest that is too long", { ($0.maxIdle, $0.maxGrace) = (.seconds(1), .zero) }) { server in
            let client = try await server.connect()
            try await client.agree()
            let warning = GoAway(lastStream: GoAway.warning, code: 0, text: "max_idle")
            #expect(try await client.next().asExtended == .goAway(warning))
            try await client.waitUntilClosed()
        },
    ]
}

// MARK: - Too many

extension Abuse {
    fileprivate static let counts = [
        Abuse("too many calls", { $0.maxConcurrentCalls = 4 }) { server in
            let client = try await server.connect()
            for stream in [1, 3, 5, 7] as [UInt32] {
                try await client.send(.request(EchoService.wait, .of("gate"), on: stream))
            }
            for stream in stride(from: 9, to: 109, by: 2) as StrideTo<UInt32> {
                try await client.send(.request(EchoService.echo, on: stream))
                #expect(try await client.next().status.errorInfo?.reason == "TOO_MANY_CALLS")
            }
        },
        Abuse("too many calls of a client that speaks the extension", { $0.maxConcurrentCalls = 4 }) { server in
            let client = try await server.connect()
            try await client.agree()
            for stream in [3, 5, 7, 9] as [UInt32] {
                try await client.send(.request(EchoService.wait, .of("gate"), on: stream))
            }
            let reset = Reset(code: .resourceExhausted, isRefused: true, text: Violation.tooManyCalls.status.message)
            for stream in stride(from: 11, to: 111, by: 2) as StrideTo<UInt32> {
                try await client.send(.request(EchoService.echo, on: stream))
                #expect(try await client.next().asExtended == .reset(stream: stream, reset))
            }
        },
        Abuse("too many cancels", { $0.cancelsPerSecond = 10 }) { server in
            let client = try await server.connect()
            try await client.agree()
            try await client.flood(with: .extended(.cancel(stream: 99, .cancelled, "")))
        },
        Abuse("too many cancels of a plain client", { $0.cancelsPerSecond = 10 }) { server in
            let client = try await server.connect()
            let cancel = Frame.extended(.cancel(stream: 99, .cancelled, ""))
            try await client.send(bytes: Array(repeating: cancel.bytes, count: 200).flatMap(\.self))
            #expect(try await client.receive() == nil)
        },
        Abuse("too many control frames", { $0.controlFramesPerSecond = 10 }) { server in
            let client = try await server.connect()
            try await client.agree()
            try await client.flood(with: .extended(.windowUpdate(stream: .max, credit: 1)))
        },
        Abuse("too many pings") { server in
            let client = try await server.connect()
            try await client.agree()
            try await client.flood(with: .extended(.ping(1, isAcknowledgement: false)))
        },
    ]
}

// MARK: - Streams

extension Abuse {
    fileprivate static let streams = [
        Abuse("messages that nobody reads", { $0.maxStreamQueue = 10_000 }) { server in
            let client = try await server.connect()
            let message = try Frame.data(.of(String(repeating: "x", count: 1000)), on: 1)
            try await client.send(.request(EchoService.joinLate, on: 1, flags: 6))
            for _ in 0..<20 { try await client.send(message) }
            #expect(try await client.next().status.errorInfo?.reason == "STREAM_QUEUE_FULL")
            try await client.roundTrips(10)
        },
        Abuse("more than was granted", { $0.extensionSettings?.streamWindow = 10_000 }) { server in
            let client = try await server.connect()
            try await client.agree()
            let message = try Frame.data(.of(String(repeating: "x", count: 1000)), on: 3).bytes
            try await client.send(.request(EchoService.joinLate, on: 3, flags: 6))
            try await client.send(bytes: Array(repeating: message, count: 20).flatMap(\.self))
            try await client.expectGoAway(.flowControlError)
        },
    ]
}

extension WireEnd {
    /// Sends a frame many times, for which the server closes.
    fileprivate func flood(with frame: Frame) async throws {
        try await self.send(bytes: Array(repeating: frame.bytes, count: 200).flatMap(\.self))
        try await self.expectGoAway(.enhanceYourCalm)
    }

    /// Reads until the server says why it closes, and closes.
    fileprivate func expectGoAway(_ code: GoAway.Code) async throws {
        var last: ExtensionFrame?
        while let frame = try await self.receive() { last = frame.asExtended }
        guard case .goAway(let goAway)? = last else {
            Issue.record("no GOAWAY came, but \(String(describing: last))")
            return
        }
        #expect(goAway.code == code.rawValue)
    }
}
