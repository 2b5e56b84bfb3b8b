import RPC
import Support
import Testing

/// Our client calls servers in Rust.
@Suite(.timeLimit(.minutes(12))) struct RustServerTests {
    @Test(arguments: RustPeer.Kind.allCases)
    func `give back what we sent, from nothing to the longest frame`(kind: RustPeer.Kind) async throws {
        try await RustPeer.built().withServer(kind) { client, program in
            for size in [0, 1, 100, 4096, 1 << 20, 4_000_000] {
                let sent = Ttrpc_KeyValue.of(value: String(repeating: "x", count: size))
                let answer = try await client.unary(InteropService.echo, sent)
                #expect(answer == sent, "\(size) bytes")
            }
            #expect(program.errors == [])
        }
    }

    @Test(arguments: RustPeer.Kind.allCases)
    func `have 64 calls of ours at a time on one connection`(kind: RustPeer.Kind) async throws {
        try await RustPeer.built().withServer(kind) { client, program in
            try await withThrowingDiscardingTaskGroup { group in
                for lane in 0..<64 {
                    group.addTask {
                        for turn in 0..<20 {
                            let value = String(repeating: "\(lane)", count: turn * 20)
                            let sent = Ttrpc_KeyValue.of("\(turn)", value: value)
                            let answer = try await client.unary(InteropService.echo, sent)
                            #expect(answer == sent)
                        }
                    }
                }
            }
            #expect(program.errors == [])
        }
    }

    @Test(arguments: RustPeer.Kind.allCases)
    func `fail with a code, a message and details that we read`(kind: RustPeer.Kind) async throws {
        try await RustPeer.built().withServer(kind) { client, program in
            for code in (1...16).compactMap(Status.Code.init(rawValue:)) {
                let failure = await #expect(throws: Status.self) {
                    try await client.unary(InteropService.fail, .of("\(code.rawValue)", value: "Not now. 🦀\n\ttest"))
                }
                #expect(failure?.code == code)
                #expect(failure?.message == "Not now. 🦀\n\ttest")
                #expect(failure?.errorInfo?.reason == "REASON_\(code.rawValue)")
            }
            for method in [InteropService.nothing, InteropService.echoOfNobody] {
                let failure = await #expect(throws: Status.self) { try await client.unary(method, .of()) }
                #expect([.unimplemented, .invalidArgument].contains(failure?.code))
            }
            let answer = try await client.unary(InteropService.echo, .of("still", value: "here"))
            #expect(answer == .of("still", value: "here"))
            #expect(program.errors == [])
        }
    }

    @Test(arguments: RustPeer.Kind.allCases)
    func `read our metadata, and are told of our deadline`(kind: RustPeer.Kind) async throws {
        try await RustPeer.built().withServer(kind) { client, _ in
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

    @Test(arguments: RustPeer.Kind.allCases)
    func `fail only the call whose answer is too long`(kind: RustPeer.Kind) async throws {
        try await RustPeer.built().withServer(kind) { client, _ in
            let failure = await #expect(throws: Status.self) {
                try await client.unary(InteropService.large, .of("\(4 << 20)"))
            }
            let answer = try await client.unary(InteropService.echo, .of("still"))

            #expect(failure?.code == .resourceExhausted)
            #expect(answer.key == "still")
        }
    }

    @Test(arguments: RustPeer.Kind.allCases)
    func `end our call when they are killed`(kind: RustPeer.Kind) async throws {
        try await RustPeer.built().withServer(kind) { client, program in
            _ = try await client.unary(InteropService.echo, .of("connected"))
            program.kill()
            let failure = await #expect(throws: Status.self) {
                while true { _ = try await client.unary(InteropService.echo, .of()) }
            }

            #expect(failure?.code == .unavailable)
        }
    }
}
