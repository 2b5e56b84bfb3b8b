import NIOCore
import NIOPosix
import RPC
import SwiftProtobuf
import Synchronization
import Testing

/// Two servers take turns at being replaced while clients call them without a pause.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct HundredDrainsTests {
    private static let drains = 100
    /// Of each kind: some call, some keep up a stream.
    private static let callers = 24
    private static let streamers = 8

    @Test func `a hundred drains under load lose no call and execute none twice`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let executed = Executed()
        var servers: [LoadedServer] = []
        for _ in 0..<2 { servers.append(try await LoadedServer.start(on: group, executed: executed.note)) }
        var configuration = ClientConfiguration()
        configuration.connectTimeout = .seconds(60)
        configuration.balancing = .roundRobin
        // While one server is away and the other not yet tried again, calls wait rather than fail.
        configuration.retry.waitsForConnection = true
        let client = Client(
            servers.map(\.address),
            configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: .silent
        )

        let calls = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for caller in 0..<Self.callers {
                tasks.addTask { await Self.call(client, as: caller, executed) }
            }
            for streamer in 0..<Self.streamers {
                tasks.addTask { await Self.stream(client, as: streamer, executed) }
            }
            for drain in 0..<Self.drains {
                // Each drain meets calls on their way.
                try await executed.grow(by: 50)
                servers[drain % 2] = try await Self.replace(servers[drain % 2], on: group, executed)
            }
            executed.stop()
            return try await tasks.reduce(0, +)
        }

        print("\(Self.drains) drains, \(calls) calls")
        #expect(executed.failures.isEmpty)
        #expect(executed.count == calls)
        #expect(executed.twice == 0)
        #expect(calls >= Self.drains * 50)
        await client.close()
        for server in servers { await server.server.drain(grace: .seconds(10)) }
        try await group.shutdownGracefully()
    }

    /// Calls until it is over; each call must be answered with what it said.
    private static func call(_ client: Client, as caller: Int, _ executed: Executed) async -> Int {
        var calls = 0
        while !executed.isOver {
            let request = Ttrpc_KeyValue.with {
                $0.key = "\(caller)/\(calls)"
                $0.value = calls % 3 == 0 ? "slow" : ""
            }
            calls += 1
            do {
                let answer = try await client.unary(LoadedServer.echo, request)
                if answer != request { executed.fail("\(request.key) was answered \(answer.key)") }
            } catch {
                executed.fail("\(request.key): \(error)")
            }
        }
        return calls
    }

    /// Opens one stream after the other; each message must come back before the next goes.
    private static func stream(_ client: Client, as streamer: Int, _ executed: Executed) async -> Int {
        while !executed.isOver {
            do {
                try await client.bidirectional(LoadedServer.talk) { requests, responses in
                    var iterator = responses.makeAsyncIterator()
                    for number in 0..<20 {
                        let request = Ttrpc_KeyValue.with { $0.key = "stream \(streamer)/\(number)" }
                        try await requests.write(request)
                        let answer = try await iterator.next()
                        if answer != request { executed.fail("\(request.key) was not answered in turn") }
                    }
                    try await requests.finish()
                    if try await iterator.next() != nil { executed.fail("stream \(streamer) went on") }
                }
            } catch {
                executed.fail("stream \(streamer): \(error)")
            }
        }
        return 0
    }

    /// Drains a server and starts another at the same address.
    private static func replace(
        _ server: LoadedServer,
        on group: any EventLoopGroup,
        _ executed: Executed
    ) async throws -> LoadedServer {
        await server.server.drain(grace: .seconds(60))
        guard case .tcp(_, let port) = server.address else { return server }
        return try await LoadedServer.start(port: port, on: group, executed: executed.note)
    }
}

/// Which calls have been executed, and how often.
private final class Executed: Sendable {
    private struct State {
        var keys: Set<String> = []
        var twice = 0
        var isOver = false
        var failures: [String] = []
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var count: Int { self.state.withLock { $0.keys.count } }

    /// How many executions were not the first of their call.
    var twice: Int { self.state.withLock { $0.twice } }

    /// What calls came to that were not answered as they should be.
    var failures: [String] { self.state.withLock { $0.failures } }

    func fail(_ failure: String) {
        self.state.withLock { $0.failures.append(failure) }
    }

    /// Whether no more calls should be made.
    var isOver: Bool { self.state.withLock { $0.isOver } }

    func stop() {
        self.state.withLock { $0.isOver = true }
    }

    @Sendable func note(_ key: String) {
        let due = self.state.withLock { state in
            if !state.keys.insert(key).inserted { state.twice += 1 }
            let due = state.waiting.filter { $0.count <= state.keys.count }
            state.waiting.removeAll { $0.count <= state.keys.count }
            return due
        }
        due.forEach { $0.continuation.resume() }
    }

    /// Waits until a number of further calls have been executed.
    func grow(by calls: Int) async throws {
        await withCheckedContinuation { continuation in
            self.state.withLock { $0.waiting.append(($0.keys.count + calls, continuation)) }
        }
    }
}
