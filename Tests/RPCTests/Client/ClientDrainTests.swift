import NIOPosix
import Synchronization
import Testing

@testable import RPC

/// Clients of real servers that go away one after the other.
@Suite(.timeLimit(.minutes(2)))
struct ClientDrainTests {
    /// Answers the request, and must not be repeated.
    fileprivate static let command = EchoService.EchoMethod(
        service: EchoService.name,
        name: "Echo",
        kind: .unary,
        safety: .command
    )

    @Test(arguments: [Balancing.roundRobin, .pickFirst])
    func `no call is lost while a server drains`(balancing: Balancing) async throws {
        try await RunningServer.with { staying in
            try await RunningServer.with { leaving in
                let progress = Progress()
                try await Self.withClient(of: [leaving, staying], balancing) { client in
                    try await withThrowingTaskGroup { group in
                        for caller in 0..<16 {
                            group.addTask { try await progress.call(client, .of("\(caller)")) }
                        }
                        group.addTask {
                            try await progress.wait(for: 200)
                            await leaving.server.drain(grace: .seconds(30))
                            try await progress.wait(for: 200)
                            progress.isOver.store(true, ordering: .relaxed)
                        }
                        try await group.waitForAll()
                    }
                }
            }
        }
    }

    @Test func `streams finish on a server that drains`() async throws {
        try await RunningServer.with { staying in
            try await RunningServer.with { leaving in
                try await Self.withClient(of: [leaving, staying], .pickFirst) { client in
                    _ = try await client.unary(Self.command, .of("first"))
                    let rest = try await client.serverStreaming(EchoService.pause, .of("gate")) { responses in
                        var iterator = responses.makeAsyncIterator()
                        _ = try await iterator.next()
                        async let drained: Void = leaving.server.drain(grace: .seconds(30))
                        while try await client.serverStreaming(EchoService.count, .of("1"), .init(), Self.count) != 1 {}
                        leaving.handlers.gates.open("gate")
                        let rest = try await iterator.next()
                        await drained
                        return rest
                    }

                    #expect(rest == nil)
                }
            }
        }
    }

    private static func count(_ responses: ResponseSequence<Ttrpc_KeyValue>) async throws -> Int {
        try await responses.reduce(into: 0) { count, _ in count += 1 }
    }

    private static func withClient(
        of servers: [RunningServer],
        _ balancing: Balancing,
        _ body: (Client) async throws -> Void
    ) async throws {
        let client = Client(
            servers.map(\.address),
            configuration: .with {
                $0.balancing = balancing
                $0.connectTimeout = .seconds(60)
            },
            group: MultiThreadedEventLoopGroup.singleton,
            logger: .silent
        )
        let result = await outcome { try await body(client) }
        await client.close()
        try result.get()
    }
}

/// How far the calls of a test have come.
private final class Progress: Sendable {
    let answered = Atomic(0)
    let isOver = Atomic(false)

    /// Calls until the test is over.
    func call(_ client: Client, _ message: Ttrpc_KeyValue) async throws {
        while !self.isOver.load(ordering: .relaxed) {
            let answer = try await client.unary(ClientDrainTests.command, message)
            #expect(answer == message)
            self.answered.add(1, ordering: .relaxed)
        }
    }

    /// Waits for a number of answers more.
    func wait(for count: Int) async throws {
        let enough = self.answered.load(ordering: .relaxed) + count
        while self.answered.load(ordering: .relaxed) < enough {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
