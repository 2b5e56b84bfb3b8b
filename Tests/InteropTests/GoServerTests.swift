import Foundation
import RPC
import Support
import Testing

/// Our client calls a server in Go.
@Suite(.timeLimit(.minutes(5))) struct GoServerTests {
    @Test func `gives back what we sent, from nothing to the longest frame, over TCP and a unix socket`() async throws {
        let peer = try await GoPeer.built()

        for address in ["127.0.0.1:0", "unix:" + (try ScratchFolder.make("rpc")) + "/rpc.sock"] {
            try await peer.withServer(at: address) { client, program in
                for size in [0, 1, 100, 4096, 1 << 20, 4_000_000, Self.longestValue] {
                    let sent = Ttrpc_KeyValue.of(value: String(repeating: "x", count: size))
                    let answer = try await client.unary(InteropService.echo, sent)
                    #expect(answer == sent, "\(size) bytes")
                }
                #expect(try await program.frames(by: client).map(\.length).max() == Self.longestFrame)
                #expect(program.errors == [])
            }
        }
    }

    @Test func `has 64 calls of ours at a time on one connection, their ids in order`() async throws {
        try await GoPeer.built().withServer { client, program in
            try await withThrowingDiscardingTaskGroup { group in
                for lane in 0..<64 {
                    group.addTask {
                        for turn in 0..<50 {
                            let value = String(repeating: "\(lane)", count: turn * 20)
                            let sent = Ttrpc_KeyValue.of("\(turn)", value: value)
                            let answer = try await client.unary(InteropService.echo, sent)
                            #expect(answer == sent)
                        }
                    }
                }
            }

            let frames = try await program.frames(by: client)
            #expect(frames.map(\.stream) == (0..<3200).map { 2 * $0 + 1 })
            #expect(program.errors == [])
        }
    }

    @Test func `fails with a code, a message and details that we read`() async throws {
        try await GoPeer.built().withServer { client, program in
            for code in (1...16).compactMap(Status.Code.init(rawValue:)) {
                let failure = await #expect(throws: Status.self) {
                    try await client.unary(InteropService.fail, .of("\(code.rawValue)", value: "Not now. 🦀\n\ttest"))
                }
                #expect(failure?.code == code)
                #expect(failure?.message == "Not now. 🦀\n\ttest")
                #expect(failure?.errorInfo?.reason == "REASON_\(code.rawValue)")
                #expect(failure?.errorInfo?.metadata == ["key": "value"])
            }
            for method in [InteropService.nothing, InteropService.echoOfNobody] {
                let failure = await #expect(throws: Status.self) { try await client.unary(method, .of()) }
                #expect(failure?.code == .unimplemented)
            }
            let answer = try await client.unary(InteropService.echo, .of("still", value: "here"))
            #expect(answer == .of("still", value: "here"))
            #expect(program.errors == [])
        }
    }

    @Test func `reads our metadata, and is told of our deadline`() async throws {
        try await GoPeer.built().withServer { client, _ in
            let options = CallOptions(metadata: ["Tag": "a", "tag": "b é"], timeout: .seconds(60))

            let tag = try await client.unary(InteropService.metadata, .of("tag"), options)
            let none = try await client.unary(InteropService.deadline, .of())
            let minute = try await client.unary(InteropService.deadline, .of(), options)

            #expect(tag.value == "a,b é")
            #expect(none.value == "none")
            let left = try #require(Int(minute.value))
            #expect(left > 1 && left <= 60_000)
        }
    }

    @Test func `ends what our deadline ends, and hears nothing of a call whose time was over before`() async throws {
        try await GoPeer.built().withServer { client, program in
            _ = try await client.unary(InteropService.echo, .of("connected"))
            let late = await #expect(throws: Status.self) {
                try await client.unary(InteropService.wait, .of("late"), CallOptions(timeout: .seconds(2)))
            }
            _ = try await program.line(holding: "wait ended: late context deadline exceeded")
            let before = try await program.frames(by: client).count
            for timeout in [Duration.zero, .seconds(-1)] {
                let over = await #expect(throws: Status.self) {
                    try await client.unary(InteropService.echo, .of("over"), CallOptions(timeout: timeout))
                }
                #expect(over?.code == .deadlineExceeded)
            }
            let answer = try await client.unary(InteropService.echo, .of("still"))

            #expect(late?.code == .deadlineExceeded)
            #expect(answer.key == "still")
            // the answered call, and the one that marked the frames before
            #expect(try await program.frames(by: client).count == before + 2)
        }
    }

    @Test func `gets no frame from us that is too long, and one of its own fails only its call`() async throws {
        try await GoPeer.built().withServer { client, program in
            let tooLong = await #expect(throws: Status.self) {
                let value = String(repeating: "x", count: Self.longestValue + 1)
                return try await client.unary(InteropService.echo, .of(value: value))
            }
            let beside = Task { try await client.unary(InteropService.hold, .of("beside")) }
            _ = try await program.line(holding: "hold began: beside")
            let answered = await #expect(throws: Status.self) {
                try await client.unary(InteropService.large, .of("\(Self.longestFrame)"))
            }
            _ = try await client.unary(InteropService.release, .of("beside"))

            #expect(tooLong?.code == .resourceExhausted)
            #expect(answered?.code == .resourceExhausted)
            #expect(try await beside.value == .of("beside"))
            #expect(try await program.frames(by: client).count == 3)
        }
    }

    @Test func `finishes our call while it shuts down`() async throws {
        try await GoPeer.built().withServer { client, program in
            let held = Task { try await client.unary(InteropService.hold, .of("held")) }
            _ = try await program.line(holding: "hold began: held")
            program.terminate()
            _ = try await program.line(holding: "shutting down")
            _ = try await client.unary(InteropService.release, .of("held"))

            #expect(try await held.value == .of("held"))
            #expect(try await program.exit() == .code(0))
            #expect(program.output.contains("shut down: <nil>"))
            let refused = await #expect(throws: Status.self) { try await client.unary(InteropService.echo, .of()) }
            #expect(refused?.code == .unavailable)
        }
    }

    @Test func `dies, our call is unavailable, and the next server at its address is found`() async throws {
        let peer = try await GoPeer.built()
        let socket = try ScratchFolder.make("rpc") + "/rpc.sock"
        try await peer.withServer(at: "unix:\(socket)") { client, program in
            let lost = Task { try await client.unary(InteropService.wait, .of("lost")) }
            _ = try await program.line(holding: "wait began: lost")
            program.kill()
            let failure = await #expect(throws: Status.self) { try await lost.value }
            try await program.exit()
            try FileManager.default.removeItem(atPath: socket)
            let (next, _) = try await peer.serve(at: "unix:\(socket)")
            try await eventually("a call of the next server") {
                (try? await client.unary(InteropService.echo, .of("found"))) == .of("found")
            }

            #expect(failure?.code == .unavailable)
            #expect(next.errors == [])
        }
    }

    @Test func `sees our call end when we hang up, and goes on when we only give up a call`() async throws {
        try await GoPeer.built().withServer { client, program in
            _ = try await client.unary(InteropService.echo, .of())
            let given = Task { try await client.unary(InteropService.hold, .of("given up")) }
            _ = try await program.line(holding: "hold began: given up")
            given.cancel()
            await #expect(throws: CancellationError.self) { try await given.value }
            _ = try await client.unary(InteropService.release, .of("given up"))
            let answer = try await client.unary(InteropService.echo, .of("still"))
            let lost = Task { try await client.unary(InteropService.wait, .of("lost")) }
            _ = try await program.line(holding: "wait began: lost")
            await client.close()
            let failure = await #expect(throws: Status.self) { try await lost.value }
            _ = try await program.line(holding: "wait ended: lost context canceled")

            #expect(answer.key == "still")
            #expect(failure?.code == .unavailable)
            #expect(program.errors == [])
        }
    }

    @Test func `answers a method that we know as a stream by one message, and the stream ends`() async throws {
        try await GoPeer.built().withServer { client, _ in
            let answers = try await client.serverStreaming(InteropService.echoes, .of("one")) { responses in
                var answers: [Ttrpc_KeyValue] = []
                for try await response in responses { answers.append(response) }
                return answers
            }

            #expect(answers == [.of("one")])
        }
    }

    @Test func `answers a stream of requests that it cannot read at once, which ends our writing`() async throws {
        try await GoPeer.built().withServer { client, program in
            let answer = try await client.clientStreaming(InteropService.gathered) { requests in
                while true { try await requests.write(.of("unread")) }
            }
            let after = try await client.unary(InteropService.echo, .of("still"))

            #expect(answer == .of())
            #expect(after.key == "still")
            #expect(program.errors == [])
        }
    }

    @Test func `gets base frames alone, with an offer until it has answered first`() async throws {
        try await GoPeer.built().withServer { client, program in
            let first = (0..<3).map { number in
                Task { try await client.unary(InteropService.hold, .of("\(number)")) }
            }
            for number in 0..<3 { _ = try await program.line(holding: "hold began: \(number)") }
            for number in 0..<3 { _ = try await client.unary(InteropService.release, .of("\(number)")) }
            for call in first { _ = try await call.value }
            for number in 0..<10 { _ = try await client.unary(InteropService.echo, .of("\(number)")) }

            let frames = try await program.frames(by: client)
            #expect(frames.count == 16)
            #expect(frames.allSatisfy { $0.type == 1 && $0.flags == 0 })
            #expect(frames.prefix(4).allSatisfy { $0.offers })
            #expect(frames.dropFirst(4).allSatisfy { !$0.offers })
            #expect(program.errors == [])
        }
    }

    private static let longestFrame = 4 << 20

    /// The length of the value whose request fills the longest frame: around it are the names of service and method, and
    /// the tags and lengths of four fields.
    private static let longestValue = Self.longestFrame - (2 + 12) - (2 + 4) - (1 + 4) - (1 + 4)
}
