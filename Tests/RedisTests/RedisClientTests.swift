import NIOCore
import NIOPosix
import Redis
import Support
import Testing

struct RedisClientTests {
    @Test func `answers each kind of command`() async throws {
        try await withClient { client in
            let set = try await client.send(["SET", "answers", "äöü"])
            let get = try await client.send(["GET", "answers"])
            let count = try await client.send(["INCR", "answers:count"])
            let missing = try await client.send(["GET", "answers:missing"])
            let wrong = try await client.send(["INCR", "answers"])
            let nested = try await client.send(["EVAL", "return {1, {'a', {2, false}}}", "0"])

            #expect(set == .status("OK"))
            #expect(get.text == "äöü")
            #expect(count.integer == 1)
            #expect(missing == .null)
            #expect(wrong == .error("ERR value is not an integer or out of range"))
            #expect(
                nested == .array([.integer(1), .array([.string([97]), .array([.integer(2), .null])])])
            )
        }
    }

    @Test func `many callers at once each get their own answer`() async throws {
        try await withClient { client in
            let isRight = try await withThrowingTaskGroup { group in
                for number in 0..<2000 {
                    group.addTask { try await client.send(["ECHO", "\(number)"]).text == "\(number)" }
                }
                return try await group.reduce(true) { $0 && $1 }
            }

            #expect(isRight)
        }
    }

    @Test func `bytes of any kind and size go both ways`() async throws {
        let bytes = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await withClient { client in
            let back = try await client.send([Array("ECHO".utf8), bytes])

            #expect(back == .string(bytes))
        }
    }

    @Test func `beyond the bound of commands, and of bytes, the next one is refused at once`() async throws {
        let server = try await RedisServer.start()
        try await withClient(
            of: server,
            configure: {
                $0.pendingLimit = 3
                $0.pendingByteLimit = 1000
                $0.commandTimeout = .seconds(20)
            }
        ) { client in
            _ = try await client.send(["PING"])
            server.setFrozen(true)

            let large = await failure { try await client.send(["ECHO", String(repeating: "x", count: 1000)]) }
            let kinds = await withTaskGroup { group in
                for _ in 0..<5 {
                    group.addTask { await failure { try await client.send(["PING"]) } }
                }
                var kinds: [RedisError.Kind?] = []
                for await kind in group {
                    kinds.append(kind)
                    if kinds.count == 2 { server.setFrozen(false) }
                }
                return kinds
            }

            #expect(large == .queueFull)
            #expect(kinds == [.queueFull, .queueFull, nil, nil, nil])
        }
        try await server.stop()
    }

    @Test func `a server that stands still gives timeouts and then works again`() async throws {
        let server = try await RedisServer.start()
        try await withClient(of: server, configure: { $0.commandTimeout = .milliseconds(200) }) { client in
            try await eventually("a connection") { await failure { try await client.send(["PING"]) } == nil }

            server.setFrozen(true)
            let kind = await failure { try await client.send(["PING"]) }
            server.setFrozen(false)

            #expect(kind == .timedOut)
            try await eventually("an answer") { await failure { try await client.send(["PING"]) } == nil }
        }
        try await server.stop()
    }

    @Test func `while the server is down commands fail at once, and work when it is back`() async throws {
        let server = try await RedisServer.start()
        let log = LogRecorder()
        try await withClient(of: server, log: log) { client in
            _ = try await client.send(["PING"])

            try await server.stop()
            try await log.message(holding: "no connection to Redis")
            let kinds = await [
                failure { try await client.send(["PING"]) }, failure { try await client.send(["GET", "x"]) },
            ]
            try await server.launch()
            try await log.message(holding: "connected to Redis again")
            let back = try await client.send(["PING"])

            #expect(kinds == [.unavailable, .unavailable])
            #expect(back == .status("PONG"))
        }
        try await server.stop()
    }

    @Test func `a killed server under load gives clean errors only`() async throws {
        let server = try await RedisServer.start()
        let log = LogRecorder()
        let done = Watched(0)
        try await withClient(of: server, log: log) { client in
            async let kinds = withTaskGroup { group in
                for _ in 0..<16 {
                    group.addTask {
                        while true {
                            let kind = await failure { try await client.send(["INCR", "load"]) }
                            if let kind { return kind }
                            done.update { $0 += 1 }
                        }
                    }
                }
                return await group.reduce(into: Set<RedisError.Kind>()) { $0.insert($1) }
            }
            try await done.wait(for: "some answers") { $0 > 500 ? () : nil }
            try await server.kill()

            #expect(await kinds.isSubset(of: [.connectionLost, .unavailable]))
            try await server.launch()
            try await log.message(holding: "connected to Redis again")
        }
        try await server.stop()
    }

    @Test func `a cancelled caller leaves at once and the next answer is not mixed up`() async throws {
        let server = try await RedisServer.start()
        try await withClient(of: server, configure: { $0.commandTimeout = .seconds(20) }) { client in
            _ = try await client.send(["PING"])
            server.setFrozen(true)
            let wasCancelled = await withTaskGroup { group in
                group.addTask {
                    do {
                        return try await client.send(["ECHO", "first"]) == .null
                    } catch {
                        return error is CancellationError
                    }
                }
                group.cancelAll()
                return await group.next() ?? false
            }
            server.setFrozen(false)

            let second = try await client.send(["ECHO", "second"])

            #expect(wasCancelled)
            #expect(second.text == "second")
        }
        try await server.stop()
    }

    @Test func `signs in and chooses the database`() async throws {
        let server = try await RedisServer.start(arguments: ["--requirepass", "secret word"])
        try await withClient(
            of: server,
            configure: {
                $0.password = "secret word"
                $0.database = 3
            }
        ) { client in
            let list = try await client.send(["SET", "here", "1"])
            let space = try await client.send(["INFO", "keyspace"])

            #expect(list == .status("OK"))
            #expect(space.text?.contains("db3:keys=1") == true)
        }
        try await withClient(of: server, configure: { $0.password = "wrong" }) { client in
            let caught = await #expect(throws: RedisError.self) { try await client.send(["PING"]) }

            #expect(caught?.kind == .unavailable)
            #expect(caught?.message.contains("WRONGPASS") == true)
            #expect(caught?.message.contains("wrong ") == false)
        }
        try await server.stop()
    }

    @Test func `a closed client refuses and leaves no connection`() async throws {
        let server = try await RedisServer.start()
        let client = RedisClient(
            server.address,
            group: .singletonMultiThreadedEventLoopGroup,
            logger: LogRecorder().logger
        )
        _ = try await client.send(["PING"])

        await client.close()

        let kind = await failure { try await client.send(["PING"]) }
        #expect(kind == .closed)
        try await withClient(of: server) { observer in
            try await eventually("one connection is left") {
                try await observer.send(["INFO", "clients"]).text?.contains("connected_clients:1\r\n") == true
            }
        }
        try await server.stop()
    }

    @Test func `several connections serve callers in turn`() async throws {
        let server = try await RedisServer.start()
        try await withClient(of: server, configure: { $0.connections = 3 }) { client in
            for _ in 0..<6 { _ = try await client.send(["PING"]) }

            let clients = try await client.send(["INFO", "clients"])
            #expect(clients.text?.contains("connected_clients:3\r\n") == true)
        }
        try await server.stop()
    }

    private func withClient(
        of server: RedisServer? = nil,
        log: LogRecorder = LogRecorder(),
        configure: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (RedisClient) async throws -> Void
    ) async throws {
        var configuration = RedisConfiguration()
        configuration.commandTimeout = .seconds(10)
        configure(&configuration)
        let address = if let server { server.address } else { try await RedisServer.shared().address }
        let client = RedisClient(
            address,
            configuration: configuration,
            group: .singletonMultiThreadedEventLoopGroup,
            logger: log.logger
        )
        do {
            try await body(client)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }
}

/// What kind of error `body` threw, if it did.
private func failure(_ body: () async throws -> some Any) async -> RedisError.Kind? {
    do {
        _ = try await body()
        return nil
    } catch {
        return (error as? RedisError)?.kind
    }
}
