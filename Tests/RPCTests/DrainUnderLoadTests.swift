import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RPC

/// Clients of ours that call on and on while the server goes down: what the server has seen, they get the answer of.
@Suite(.timeLimit(.minutes(2)))
struct DrainUnderLoadTests {
    @Test(arguments: 0..<5)
    func `every call that was executed is answered, once`(round: Int) async throws {
        let count = CallCount()
        let definition = ServiceDefinition(
            name: EchoService.name,
            methods: [
                .unary(EchoService.echo) { request, _ in
                    count.executed.withLock { $0[request.key, default: 0] += 1 }
                    return request
                }
            ]
        )
        let server = try Server(
            services: [definition],
            group: MultiThreadedEventLoopGroup.singleton,
            logger: .silent
        ) { _ in [] }
        let address = try await server.listen(on: .tcp(host: "127.0.0.1", port: 0))

        try await Client.with(address) { client in
            _ = try await client.unary(EchoService.echo, .of("first"))
            await withTaskGroup(of: Void.self) { tasks in
                for task in 0..<8 {
                    tasks.addTask { await count.call(client, "\(task)") }
                }
                await count.waitForAnswers(200)
                await server.drain(grace: .seconds(60))
            }
        }

        let done = count.executed.withLock { $0 }.filter { $0.key != "first" }
        #expect(done.values.allSatisfy { $0 == 1 })
        #expect(Set(done.keys) == count.answered.withLock { $0 })
    }
}

/// Which calls were executed and which were answered.
private final class CallCount: Sendable {
    let executed = Mutex<[String: Int]>([:])
    let answered = Mutex<Set<String>>([])
    private let gates = Gates()

    /// Calls until the server is gone.
    func call(_ client: Client, _ name: String) async {
        for number in 0... {
            let key = "\(name)-\(number)"
            guard (try? await client.unary(EchoService.echo, .of(key))) != nil else { return }
            let answers = self.answered.withLock { answered in
                answered.insert(key)
                return answered.count
            }
            self.gates.open("\(answers)")
        }
    }

    func waitForAnswers(_ count: Int) async {
        await self.gates.waitIgnoringCancellation("\(count)")
    }
}
