import NIOCore
import NIOPosix
import RPC
import Support
import SwiftProtobuf
import Testing

/// Many clients at once and one after the other. Alone in their process, because they look at all it holds.
@Suite(.serialized)
struct ManyConnectionsTests {
    private static let idle = 5_000
    private static let streams = 500
    private static let cycles = 20_000

    @Test(.timeLimit(.minutes(5))) func `5,000 idle connections and 500 streams are served at once`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let server = try await LoadedServer.start(on: group)
        let before = try ProcessUse.now()
        let idle = try await connect(Self.idle, to: server.address, on: group)
        // A frame of a type that nobody knows, or the server would close them as silent on a slow machine.
        for channel in idle { try await channel.writeAndFlush(ByteBuffer(bytes: [0, 0, 0, 0, 0, 0, 0, 1, 0x99, 0])) }
        let connected = try ProcessUse.now()

        let barrier = Barrier(of: Self.streams)
        let answers = try await withClients(8, of: server.address) { clients in
            try await withThrowingTaskGroup(of: Int.self) { tasks in
                for stream in 0..<Self.streams {
                    let client = clients[stream % clients.count]
                    tasks.addTask { try await Self.talk(over: client, as: stream, barrier) }
                }
                return try await tasks.reduce(0, +)
            }
        }
        let open = idle.count(where: \.isActive)
        let each = (connected.memory - before.memory) * 1024 / Self.idle

        #expect(answers == Self.streams * 100)
        #expect(open == Self.idle)
        // Seen: 10.4 KiB.
        #expect(each < 20 * 1024)
        print(
            "\(Self.idle) idle connections: \(each) bytes each, both ends; \(answers) messages over \(Self.streams) streams"
        )
        for channel in idle { try await channel.close() }
        await server.server.drain(grace: .seconds(10))
        try await group.shutdownGracefully()
    }

    @Test func `20,000 connections that come and go leave no descriptor and no memory`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let server = try await LoadedServer.start(on: group)

        try await self.comeAndGo(Self.cycles, at: server, on: group)
        let warm = try ProcessUse.now()
        try await self.comeAndGo(Self.cycles, at: server, on: group)
        // The server may hear of the last sixteen ends later than their clients have gone on.
        do {
            try await eventually("the end of every connection") {
                try ProcessUse.now().descriptors <= warm.descriptors
            }
        } catch {
            Issue.record("\(warm.descriptors) descriptors before, and now \(try ProcessUse.openFiles())")
            throw error
        }
        let after = try ProcessUse.now()

        print("\(Self.cycles) connections: \(after.memory - warm.memory) KiB more, from \(warm.memory)")
        // Seen: 20 KiB. A hundred bytes left by each connection would be 2,000.
        #expect(after.memory - warm.memory < 2_000)
        await server.server.drain(grace: .seconds(10))
        try await group.shutdownGracefully()
    }

    /// A hundred messages there and back. None goes on after the first until all streams have had theirs.
    private static func talk(over client: Client, as stream: Int, _ barrier: Barrier) async throws -> Int {
        try await client.bidirectional(LoadedServer.talk) { requests, responses in
            var iterator = responses.makeAsyncIterator()
            var answers = 0
            for number in 0..<100 {
                try await requests.write(.with { $0.key = "\(stream)/\(number)" })
                if try await iterator.next()?.key == "\(stream)/\(number)" { answers += 1 }
                if number == 0 { await barrier.pass() }
            }
            return answers
        }
    }

    /// Connects, says something in one case of three, and hangs up; sixteen at a time.
    private func comeAndGo(_ count: Int, at server: LoadedServer, on group: any EventLoopGroup) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<count {
                if number >= 16 { try await tasks.next() }
                tasks.addTask {
                    switch number % 3 {
                    case 0:
                        try await withClients(1, of: server.address) { clients in
                            _ = try await clients[0].unary(LoadedServer.echo, .with { $0.key = "\(number)" })
                        }
                    case 1: try await connect(1, to: server.address, on: group)[0].close()
                    default:
                        let channel = try await connect(1, to: server.address, on: group)[0]
                        try await channel.writeAndFlush(ByteBuffer(bytes: [0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 7]))
                        try await channel.close()
                    }
                }
            }
            try await tasks.waitForAll()
        }
    }
}

/// Connections that say nothing.
private func connect(_ count: Int, to address: Server.Address, on group: any EventLoopGroup) async throws
    -> [any Channel]
{
    guard case .tcp(let host, let port) = address else { return [] }
    var channels: [any Channel] = []
    for _ in 0..<count {
        let bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(60))
        channels.append(try await bootstrap.connect(host: host, port: port).get())
    }
    return channels
}

/// Clients for as long as `body` runs.
private func withClients<Value: Sendable>(
    _ count: Int,
    of address: Server.Address,
    _ body: ([Client]) async throws -> Value
) async throws -> Value {
    let group = MultiThreadedEventLoopGroup.singleton
    var configuration = ClientConfiguration()
    configuration.connectTimeout = .seconds(60)
    let clients = (0..<count).map { [configuration] _ in
        Client(address, configuration: configuration, group: group, logger: .silent)
    }
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(clients))
    } catch {
        result = .failure(error)
    }
    for client in clients { await client.close() }
    return try result.get()
}
