import NIOCore
import Testing

@testable import RPC

/// The extension over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct ExtensionSocketTests {
    @Test func `a drain in two phases loses no call`() async throws {
        try await RunningServer.with { server in
            let client = try await server.connect()
            try await client.agree()
            try await client.send(.request(EchoService.wait, .of("gate"), on: 3))
            await server.handlers.gates.waitIgnoringCancellation("gate began")

            async let drained: Void = server.server.drain(grace: .seconds(60))
            let warning = try await client.next()
            let ping = try await client.next()
            try await client.send(.request(EchoService.echo, .of("late"), on: 5))
            try await client.send(Frame(stream: .max, type: 0x81, flags: 1, body: ping.body))
            server.handlers.gates.open("gate")
            await drained
            let frames = try await client.rest()

            let last = frames.compactMap { frame in
                if case .goAway(let goAway)? = frame.asExtended { goAway.lastStream } else { nil }
            }
            #expect(warning.asExtended == .goAway(GoAway(lastStream: GoAway.warning, code: 0, text: "shutdown")))
            #expect(frames.contains(try .response(.of("gate"), on: 3)))
            // A busy machine may take the five seconds that the client has to answer the warning.
            #expect(frames.contains(try .response(.of("late"), on: 5)) == (last == [5]))
            #expect(last.count == 1)
        }
    }

    @Test func `a client that reads nothing holds up its own stream only`() async throws {
        try await RunningServer.with { server in
            let client = try await server.connect()
            try await client.agree()
            let text = String(repeating: "x", count: 10_000)

            try await client.send(.request(EchoService.endless, .of(text), on: 3, flags: 1))
            await server.handlers.gates.waitIgnoringCancellation("endless began")
            for stream in stride(from: 5, to: 205, by: 2) as StrideTo<UInt32> {
                try await client.send(.request(EchoService.echo, .of("ping"), on: stream))
                #expect(try await client.next(on: stream) == .response(.of("ping"), on: stream))
            }
            try await client.send(.extended(.cancel(stream: 3, .cancelled, "")))

            await server.handlers.gates.waitIgnoringCancellation("endless ended")
        }
    }

    @Test func `long answers arrive whole through a slow reader`() async throws {
        try await RunningServer.with { server in
            let client = try await server.connect()
            try await client.agree()
            try await client.setReading(false)
            for stream in [3, 5, 7] as [UInt32] {
                try await client.send(.request(EchoService.large, .of("4000000"), on: stream))
            }
            try await client.setReading(true)

            var left = Set<UInt32>([3, 5, 7])
            var bytes: [UInt32: Int] = [:]
            while !left.isEmpty {
                let frame = try await client.next()
                bytes[frame.stream, default: 0] += frame.body.count
                if frame.type == 0x87, frame.flags == 0 { left.remove(frame.stream) }
            }

            #expect(bytes == [3: 4_000_010, 5: 4_000_010, 7: 4_000_010])
        }
    }
}

extension WireEnd {
    /// Agrees with the server on the extension, by a call on stream 1.
    func agree() async throws {
        try await self.send(try .request(EchoService.echo, on: 1).offering())
        #expect(try await self.next().type == 0x80)
        #expect(try await self.next().stream == 1)
        try await self.send(.acknowledgement())
    }

    /// All frames until the other end closes.
    fileprivate func rest() async throws -> [Frame] {
        var frames: [Frame] = []
        while let frame = try await self.receive() { frames.append(frame) }
        return frames
    }

    /// The next frame of a stream; others are dropped.
    fileprivate func next(on stream: UInt32) async throws -> Frame {
        while true {
            let frame = try await self.next()
            if frame.stream == stream { return frame }
        }
    }
}
