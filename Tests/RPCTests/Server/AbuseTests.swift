import NIOPosix
import Testing

@testable import RPC

/// Each bound of a connection, exceeded by one client while another on the same event loop calls on and on.
@Suite(.timeLimit(.minutes(1)))
struct AbuseTests {
    @Test(arguments: Abuse.all)
    func `one client exceeds a bound, and another notices nothing`(abuse: Abuse) async throws {
        let group = MultiThreadedEventLoopGroup.singleton.next()
        try await RunningServer.with(abuse.configuration, group: group) { server in
            let over = Gates()
            let witness = try await Witness(of: server, isPlain: abuse.watchesSilence)
            try await witness.call(50)

            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    defer { over.open("over") }
                    try await abuse.commit(server)
                }
                tasks.addTask {
                    repeat { try await witness.call(10) } while !over.isOpen("over")
                }
                try await tasks.waitForAll()
            }

            try await witness.call(50)
        }
    }
}

/// A well-behaved client.
private actor Witness {
    private let end: WireEnd
    private var stream: UInt32 = 1

    init(of server: RunningServer, isPlain: Bool) async throws {
        self.end = try await server.connect()
        if !isPlain { try await self.end.agree() }
    }

    /// Calls a number of times, one after the other; nothing but the answers may come.
    func call(_ count: Int) async throws {
        for _ in 0..<count {
            self.stream += 2
            let stream = self.stream
            try await self.end.send(.request(EchoService.echo, .of("ping"), on: stream))
            #expect(try await self.end.next() == .response(.of("ping"), on: stream))
        }
    }
}
