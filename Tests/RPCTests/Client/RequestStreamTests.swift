import NIOCore
import NIOEmbedded
import SwiftProtobuf
import Testing

@testable import RPC

/// What a client sends behind a request, with the server in the test's hand.
struct RequestStreamTests {
    @Test(arguments: [RequestMethods.collect, RequestMethods.converse])
    func `opens without a message, sends each by itself and half-closes by itself`(
        method: EchoService.EchoMethod
    ) throws {
        let client = ClientInHand()
        let call = try client.call(method)

        try call.put(.of("a"))
        try call.put(.init())
        call.finishWriting()
        client.loop.run()

        let frames = try client.receive()
        #expect(frames.map(\.type) == [1, 3, 3, 3])
        #expect(frames.map(\.flags) == [6, 0, 0, 5])
        #expect(frames.map(\.stream) == [1, 1, 1, 1])
        #expect(try Ttrpc_Request(serializedBytes: frames[0].body).payload.isEmpty)
        #expect(try frames[1].message == .of("a"))
        #expect(frames[2].body.isEmpty && frames[3].body.isEmpty)
    }

    @Test func `messages written before there is a connection follow the request`() throws {
        let client = ClientInHand(.with { $0.firstBackoff = .zero })
        client.isReachable = nil
        let call = try client.call(RequestMethods.collect)
        try call.put(.of("a"))
        client.loop.run()
        client.connect()

        #expect(try client.receive().map(\.flags) == [6, 0])
    }

    @Test func `reads before it writes what could not be written, however fast the server takes it`() throws {
        let client = ClientInHand()
        let call = try client.call(RequestMethods.collect)
        _ = try client.receive()
        client.setWritable(false)
        try call.put(.of("a"))
        client.loop.run()

        client.setWritable(true)
        #expect(try client.receive().isEmpty)
        client.lookAtSockets()

        #expect(try client.receive().map(\.flags) == [0])
    }

    @Test func `reads between what a caller writes, however fast it does`() throws {
        let client = ClientInHand()
        let call = try client.call(RequestMethods.collect)
        _ = try client.receive()

        try call.put(.of("a"))
        client.loop.run()
        try call.put(.of("b"))
        client.loop.run()
        try call.put(.of("c"))
        client.loop.run()
        let first = try client.receive()
        client.lookAtSockets()

        #expect(try first.map { try $0.message } == [.of("a")])
        #expect(try client.receive().map { try $0.message } == [.of("b"), .of("c")])
    }

    @Test func `half-closes once`() throws {
        let client = ClientInHand()
        let call = try client.call(RequestMethods.converse)

        call.finishWriting()
        call.finishWriting()
        client.loop.run()

        #expect(try client.receive().map(\.flags) == [6, 5])
    }

    @Test(arguments: [Frame.end(1), Frame(stream: 1, type: 2)])
    func `sends nothing behind the end of the server`(end: Frame) async throws {
        let client = ClientInHand()
        let call = try client.call(RequestMethods.converse)
        _ = try client.receive()

        try client.send(end)
        call.finishWriting()
        client.loop.run()

        #expect(try client.receive().isEmpty)
        await #expect(throws: Status.callHasEnded) { try await call.write(ByteBuffer()) }
    }

    @Test func `writing to a failed call tells why it failed`() async throws {
        let client = ClientInHand()
        let call = try client.call(RequestMethods.converse)
        let response = Ttrpc_Response.with { $0.status = .with { ($0.code, $0.message) = (9, "no") } }

        try client.send(Frame(stream: 1, type: 2, body: response.serializedBytes()))

        await #expect(throws: Status(.failedPrecondition, "no")) { try await call.write(ByteBuffer()) }
    }

    @Test func `nothing is written behind the finish`() async throws {
        let client = ClientInHand()
        let call = try client.call(RequestMethods.converse)
        call.finishWriting()

        let failure = await #expect(throws: Status.self) { try await call.write(ByteBuffer()) }

        #expect(failure?.errorInfo?.reason == "STREAM_FINISHED")
    }

    @Test func `writes no more than its queue while the server takes nothing, and goes on later`() throws {
        let client = ClientInHand(.with { $0.requestQueueLimit = 100 })
        let call = try client.call(RequestMethods.converse)
        _ = try client.receive()
        client.setWritable(false)
        let message = Ttrpc_KeyValue.of(String(repeating: "x", count: 28))  // costs 40

        let wrote = try (0..<4).map { _ in try call.put(message) }
        client.loop.run()
        #expect(wrote.map(\.all) == [["written"], ["written"], [], ["TWO_WRITERS"]])
        #expect(try client.receive().isEmpty)
        client.setWritable(true)
        client.lookAtSockets()

        #expect(try client.receive().count == 3)
    }

    @Test func `data in answer to a method of one response fails the call`() throws {
        let client = ClientInHand()
        let call = try client.call(RequestMethods.collect)

        try client.send(.data(.of("x"), on: 1))

        #expect(call.failure?.errorInfo?.reason == "UNEXPECTED_DATA")
    }

    @Test func `the connection of an answered stream serves the next`() throws {
        let client = ClientInHand()
        _ = try client.call(RequestMethods.collect)
        try client.send(.response(.of("x"), on: 1))

        _ = try client.call(RequestMethods.collect)

        #expect(try client.receive().map(\.stream) == [1, 3])
        #expect(client.attempts == 1)
    }
}

/// Both kinds with tasks that write and read.
@Suite(.timeLimit(.minutes(1)))
struct RequestStreamTaskTests {
    @Test func `collects requests into one response`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                async let answer = client.clientStreaming(RequestMethods.collect) { requests in
                    try await requests.write(.of("a"))
                    try await requests.write(.of("b"))
                }
                let connection = try await fake.accept()
                var frames: [Frame] = []
                while frames.last?.flags != 5 { frames.append(try await connection.next()) }
                try await connection.send(.response(.of("ab"), on: 1))

                #expect(frames.map(\.flags) == [6, 0, 0, 5])
                #expect(try await answer == .of("ab"))
            }
        }
    }

    @Test func `an early answer counts more than the writing that fails by it`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                let gates = Gates()
                async let answer = client.clientStreaming(RequestMethods.collect) { requests in
                    try await gates.pass("answered")
                    while true {
                        try await requests.write(.of("a"))
                        await Task.yield()
                    }
                }
                let connection = try await fake.accept()
                _ = try await connection.next()
                try await connection.send(.response(.of("enough"), on: 1))
                gates.open("answered")

                #expect(try await answer == .of("enough"))
            }
        }
    }

    @Test func `a failure of the caller ends the call`() async throws {
        struct OutOfPaper: Error {}
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                let gates = Gates()
                async let answer = outcome {
                    try await client.clientStreaming(RequestMethods.collect) { requests in
                        try await requests.write(.of("a"))
                        try await gates.pass("sent")
                        throw OutOfPaper()
                    }
                }
                let connection = try await fake.accept()
                _ = try await connection.next()
                gates.open("sent")
                while try await connection.receive() != nil {}

                let result = await answer
                #expect(throws: OutOfPaper.self) { try result.get() }
            }
        }
    }

    @Test func `speaks and listens in turn`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                async let heard = client.bidirectional(RequestMethods.converse) { requests, responses in
                    var heard: [String] = []
                    try await requests.write(.of("0"))
                    for try await response in responses {
                        heard.append(response.key)
                        if heard.count == 3 {
                            try await requests.finish()
                        } else {
                            try await requests.write(.of("\(heard.count)"))
                        }
                    }
                    return heard
                }
                let connection = try await fake.accept()
                _ = try await connection.next()
                for number in 0..<3 {
                    #expect(try await connection.next().message == .of("\(number)"))
                    try await connection.send(.data(.of("re \(number)"), on: 1))
                }
                #expect(try await connection.next() == .end(1))
                try await connection.send(.end(1))

                #expect(try await heard == ["re 0", "re 1", "re 2"])
            }
        }
    }

    @Test func `cancelling the task ends a call whose writer waits`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address, .with { $0.requestQueueLimit = 1 }) { client in
                let task = Task {
                    try await client.bidirectional(RequestMethods.converse) { requests, _ in
                        while true { try await requests.write(.of(String(repeating: "x", count: 64 * 1024))) }
                    }
                }
                let connection = try await fake.accept()
                _ = try await connection.next()
                try await connection.setReading(false)

                task.cancel()

                await #expect(throws: CancellationError.self) { try await task.value }
                try? await connection.setReading(true)  // fails where the end has been seen already
                while try await connection.receive() != nil {}
            }
        }
    }
}
