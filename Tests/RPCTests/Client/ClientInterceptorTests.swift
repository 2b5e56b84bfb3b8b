import NIOCore
import Testing

@testable import RPC

/// What interceptors of a client see.
@Suite(.timeLimit(.minutes(1)))
struct ClientInterceptorTests {
    @Test func `surround a call of each kind once`() async throws {
        let log = Mailbox()
        let interceptors = [Witness(name: "1", log: log), Witness(name: "2", log: log)]
        try await RunningServer.with { server in
            try await server.withClient(.with { $0.interceptors = interceptors }) { client in
                let answer = try await client.unary(EchoService.metadata, .of("seen"))
                #expect(answer.value == "1,2")
                _ = try await client.serverStreaming(EchoService.count, .of("3")) { responses in
                    try await responses.reduce(into: 0) { count, _ in count += 1 }
                }
                let joined = try await client.clientStreaming(EchoService.join) { try await $0.write(.of("a")) }
                #expect(joined.key == "a")
                try await client.bidirectional(EchoService.talk) { requests, responses in
                    try await requests.write(.of("b"))
                    try await requests.finish()
                    let keys = try await responses.reduce(into: []) { $0.append($1.key) }
                    #expect(keys == ["b"])
                }
                _ = try? await client.unary(EchoService.fail, .of("status"))
            }
        }

        let one = ["1 before", "2 before", "2 after OK", "1 after OK"]
        let failed = ["1 before", "2 before", "2 after FAILED_PRECONDITION", "1 after FAILED_PRECONDITION"]
        #expect(log.all == one + one + one + one + failed)
    }

    @Test func `see a repeated call once`() async throws {
        let log = Mailbox()
        try await FakeServer.with { fake in
            let configuration = ClientConfiguration.with { $0.interceptors = [Witness(name: "1", log: log)] }
            try await Client.with(fake.address, configuration) { client in
                async let answer = client.unary(EchoService.echo, .of("x"))
                let first = try await fake.accept()
                _ = try await first.next()
                try await first.close()
                let second = try await fake.accept()
                let request = try await second.next()
                try await second.send(.response(.of("y"), on: request.stream))

                #expect(try await answer == .of("y"))
                #expect(try request.request.metadata == [.of("seen", value: "1")])
            }
        }

        #expect(log.all == ["1 before", "1 after OK"])
    }

    @Test func `can refuse a call, which is not sent then`() async throws {
        let log = Mailbox()
        let interceptors: [any ClientInterceptor] = [
            Witness(name: "1", log: log), Refusal(), Witness(name: "3", log: log),
        ]
        try await FakeServer.with { fake in
            try await Client.with(fake.address, .with { $0.interceptors = interceptors }) { client in
                _ = await #expect(throws: Status(.aborted, "no")) { try await client.unary(EchoService.echo, .init()) }
            }
        }

        #expect(log.all == ["1 before", "1 after ABORTED"])
    }

    @Test func `see the end of a call that its task gave up`() async throws {
        let log = Mailbox()
        let interceptors = [Witness(name: "1", log: log)]
        try await FakeServer.with { fake in
            try await Client.with(fake.address, .with { $0.interceptors = interceptors }) { client in
                let task = Task { try await client.unary(EchoService.echo, .init()) }
                _ = try await fake.accept().next()

                task.cancel()

                await #expect(throws: CancellationError.self) { try await task.value }
            }
        }

        #expect(log.all == ["1 before", "1 after CANCELLED"])
    }
}

private struct Witness: ClientInterceptor {
    let name: String
    let log: Mailbox

    func before(_ call: inout OutgoingCall) async throws {
        call.metadata.append("seen", self.name)
        self.log.add("\(self.name) before")
    }

    func after(_ call: OutgoingCall, _ status: Status?, elapsed: Duration) {
        self.log.add("\(self.name) after \((status?.code ?? .ok).name)")
    }
}

private struct Refusal: ClientInterceptor {
    func before(_ call: inout OutgoingCall) async throws {
        throw Status(.aborted, "no")
    }
}
