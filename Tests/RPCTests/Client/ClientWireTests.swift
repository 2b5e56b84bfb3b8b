import Foundation
import SwiftProtobuf
import Testing

@testable import RPC

/// What a client sends, and what it makes of the frames it gets, with a server in the test's hand.
@Suite(.timeLimit(.minutes(1)))
struct ClientWireTests {
    /// Makes a client and the server's end of the connection of its first call.
    private func exchange<Value: Sendable>(
        _ call: @escaping @Sendable (Client) async throws -> Value,
        _ server: (WireEnd, _ request: Frame) async throws -> Void
    ) async throws -> Result<Value, any Error> {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                async let value = outcome { try await call(client) }
                let connection = try await fake.accept()
                try await server(connection, try await connection.next())
                return await value
            }
        }
    }

    private func read(_ client: Client) async throws -> [String] {
        try await client.serverStreaming(EchoService.count, .of("x")) { responses in
            try await responses.reduce(into: []) { $0.append($1.key) }
        }
    }

    @Test func `sends a unary request without flags and a streaming one that closes`() async throws {
        _ = try await self.exchange({ try await $0.unary(EchoService.echo, .of("hi")) }) { server, request in
            #expect((request.stream, request.type, request.flags) == (1, 1, 0))
            try await server.send(.response(.of("hi"), on: 1))
        }
        _ = try await self.exchange(self.read) { server, request in
            #expect((request.stream, request.type, request.flags) == (1, 1, 1))
            try await server.send(.end(1))
        }
    }

    @Test func `streams grow in the order of writing, however many calls start at once`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                try await withThrowingTaskGroup { group in
                    for number in 0..<100 {
                        group.addTask { try await client.unary(EchoService.echo, .of("\(number)")).key == "\(number)" }
                    }
                    let connection = try await fake.accept()
                    var streams: [UInt32] = []
                    for _ in 0..<100 {
                        let request = try await connection.next()
                        streams.append(request.stream)
                        let payload = try Ttrpc_Request(serializedBytes: request.body).payload
                        try await connection.send(.response(.init(serializedBytes: payload), on: request.stream))
                    }

                    #expect(streams == Array(stride(from: 1, to: 200, by: 2)))
                    for try await isRight in group { #expect(isRight) }
                }
            }
        }
    }

    @Test func `opens a new connection before the streams of one run out`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address, .with { $0.firstStream = 0xFFFF_FFFD }) { client in
                for _ in 0..<3 {
                    async let answer = client.unary(EchoService.echo, .of("hi"))
                    let connection = try await fake.accept()
                    let request = try await connection.next()
                    try await connection.send(.response(.of("hi"), on: request.stream))

                    #expect(request.stream == 0xFFFF_FFFD)
                    #expect(try await answer == .of("hi"))
                    #expect(try await connection.receive() == nil)
                }
            }
        }
    }

    @Test func `reads the status before the payload`() async throws {
        let result = try await self.exchange({ try await $0.unary(EchoService.echo, .of("hi")) }) { server, _ in
            let response = Ttrpc_Response.with {
                $0.status = .with { ($0.code, $0.message) = (5, "gone") }
                $0.payload = Data([0xFF])
            }
            try await server.send(Frame(stream: 1, type: 2, body: response.serializedBytes()))
        }

        #expect(throws: Status(.notFound, "gone")) { try result.get() }
    }

    @Test func `takes a status of OK for success`() async throws {
        let result = try await self.exchange({ try await $0.unary(EchoService.echo, .of("hi")) }) { server, _ in
            try await server.send(Frame(stream: 1, type: 2, body: [0x0A, 0x00]))
        }

        #expect(try result.get() == .init())
    }

    @Test func `ends a stream with the data frame that closes, and takes its body for the last message`() async throws {
        let result = try await self.exchange(self.read) { server, _ in
            try await server.send(.data(.of("a"), on: 1), Frame(stream: 1, type: 3, flags: 4, body: [0xFF]))
            try await server.send(.data(.init(), on: 1), .data(.of("z"), on: 1, flags: 1), .data(.of("late"), on: 1))
        }

        #expect(try result.get() == ["a", "", "z"])
    }

    @Test func `ends a stream with an OK response, and takes its payload for the last message`() async throws {
        let empty = try await self.exchange(self.read) { server, _ in
            try await server.send(.data(.of("a"), on: 1), Frame(stream: 1, type: 2))
        }
        let full = try await self.exchange(self.read) { server, _ in
            try await server.send(.data(.of("a"), on: 1), .response(.of("z"), on: 1))
        }

        #expect(try empty.get() == ["a"])
        #expect(try full.get() == ["a", "z"])
    }

    @Test func `an error behind the messages of a stream is thrown behind them`() async throws {
        let read = Mailbox()
        let reading = { @Sendable (client: Client) in
            try await client.serverStreaming(EchoService.count, .of("x")) { responses in
                for try await response in responses { read.add(response.key) }
            }
        }
        let result = try await self.exchange(reading) { server, _ in
            let response = Ttrpc_Response.with { $0.status.code = 10 }
            try await server.send(.data(.of("a"), on: 1), Frame(stream: 1, type: 2, body: response.serializedBytes()))
        }

        #expect(throws: Status(.aborted, "")) { try result.get() }
        #expect(read.all == ["a"])
    }

    @Test func `data on a unary call fails that call and no other`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                async let first = outcome { try await client.unary(EchoService.echo, .of("1")) }
                let connection = try await fake.accept()
                _ = try await connection.next()
                async let second = client.unary(EchoService.echo, .of("2"))
                _ = try await connection.next()

                try await connection.send(.data(.of("x"), on: 1), .response(.of("late"), on: 1))
                try await connection.send(.response(.of("2"), on: 3))

                #expect(await first.status?.errorInfo?.reason == "UNEXPECTED_DATA")
                #expect(try await second == .of("2"))
            }
        }
    }

    @Test func `ignores frames that belong to nothing`() async throws {
        let result = try await self.exchange({ try await $0.unary(EchoService.echo, .of("hi")) }) { server, _ in
            try await server.send(
                Frame(stream: 1, type: 0x80, body: [1]),
                Frame(stream: 0, type: 2),
                Frame(stream: 7, type: 3),
                Frame(stream: .max, type: 0x82),
                .response(.of("hi"), on: 1)
            )
        }

        #expect(try result.get() == .of("hi"))
    }

    @Test(arguments: [[0xFF], [0x12, 0x02, 0x0A, 0x7F]] as [[UInt8]])
    func `a response that does not decode is the server's failure`(body: [UInt8]) async throws {
        let result = try await self.exchange({ try await $0.unary(EchoService.echo, .of("hi")) }) { server, _ in
            try await server.send(Frame(stream: 1, type: 2, body: body))
        }

        #expect(throws: Status.malformedResponse) { try result.get() }
    }

    @Test func `a response that is too long fails its call, and the connection goes on`() async throws {
        try await FakeServer.with { fake in
            try await Client.with(fake.address) { client in
                async let first = outcome { try await client.unary(EchoService.echo, .of("1")) }
                let connection = try await fake.accept()
                _ = try await connection.next()
                let length = FrameHeader.longestBody + 1
                try await connection.send(bytes: Frame.header(length: length, stream: 1, type: 2))
                let failure = await first.status

                async let second = client.unary(EchoService.echo, .of("2"))
                try await connection.send(bytes: Array(repeating: 0, count: length))
                let request = try await connection.next()
                try await connection.send(.response(.of("2"), on: request.stream))

                #expect(failure?.code == .resourceExhausted)
                #expect(try await second == .of("2"))
            }
        }
    }
}
