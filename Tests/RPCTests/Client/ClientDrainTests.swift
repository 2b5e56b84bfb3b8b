import NIOPosix
import Synchronization
import Testing

@testable import RPC

/// Clients of real servers that go away one after the other.
@Suite(.timeLimit(.minutes(2)))
struct ClientDrainTests {
    /// Answers the request, and must not be repeated. The servers know it as a query with a subject, its key.
    fileprivate static let command = EchoService.EchoMethod(
        service: EchoService.name,
        name: "Echo",
        kind: .unary,
        safety: .command
    )

    @Test(arguments: [Balancing.roundRobin, .pickFirst])
    func `no call is lost while a server drains, and none is executed twice`(balancing: Balancing) async throws {
        let (progress, executed) = (Progress(), Mailbox())
        try await RunningServer.with(interceptors: [Record(executed: executed)]) { staying in
            try await RunningServer.with(interceptors: [Record(executed: executed)]) { leaving in
                try await Self.withClient(of: [leaving, staying], balancing) { client in
                    try await withThrowingTaskGroup { group in
                        for caller in 0..<16 {
                            group.addTask { try await progress.call(client, "\(caller)") }
                        }
                        group.addTask {
                            try await progress.wait(for: 200)
                            await leaving.server.drain(grace: .seconds(30))
                            try await progress.wait(for: 200)
                            progress.isOver.store(true, ordering: .relaxed)
                        }
                        while try await group.next() != nil {}
                    }
                }
            }
        }

        #expect(executed.all.sorted() == progress.answered.all.sorted())
        #expect(Set(executed.all).count == executed.all.count)
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

/// Writes down which calls a server executes.
private final class Record: ServerInterceptor {
    private let executed: Mailbox

    init(executed: Mailbox) {
        self.executed = executed
    }

    func before(_ call: CallContext, subject: String?) async throws {
        self.executed.add(subject ?? "")
    }
}

/// How far the calls of a test have come.
private final class Progress: Sendable {
    let answered = Mailbox()
    let isOver = Atomic(false)
    private let count = Atomic(0)
    private let gates = Gates()

    /// Calls until the test is over.
    func call(_ client: Client, _ name: String) async throws {
        for number in 0... {
            if self.isOver.load(ordering: .relaxed) { return }
            let message = Ttrpc_KeyValue.of("\(name)-\(number)")
            let answer = try await client.unary(ClientDrainTests.command, message)
            #expect(answer == message)
            self.answered.add(message.key)
            self.gates.open("\(self.count.add(1, ordering: .relaxed).newValue)")
        }
    }

    /// Waits for a number of answers more.
    func wait(for count: Int) async throws {
        try await self.gates.pass("\(self.count.load(ordering: .relaxed) + count)")
    }
}
