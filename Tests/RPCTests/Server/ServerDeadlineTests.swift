import NIOCore
import Testing

@testable import RPC

/// Deadlines, with time in the test's hand.
struct ServerDeadlineTests {
    @Test(arguments: [EchoService.echo, EchoService.count, EchoService.join, EchoService.talk])
    func `a negative timeout has expired before the call begins`(method: EchoService.EchoMethod) throws {
        let server = try ConnectionInHand()

        let answers = try server.exchange(.request(method, .of("1"), on: 1, timeout: -1))

        #expect(try answers.map { try $0.status.code } == [.deadlineExceeded])
    }

    @Test(arguments: [0, .max] as [Int64])
    func `no timeout and the longest timeout let a call take its time`(timeout: Int64) throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.wait, .of("gate"), on: 1, timeout: timeout))

        server.pass(.minutes(1))
        server.open("gate")

        #expect(try server.receive() == [try .response(.of("gate"), on: 1)])
    }

    @Test(arguments: [1, 1_000_000_000] as [Int64])
    func `answers by itself when the time is up and drops the late result`(timeout: Int64) throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.wait, .of("gate"), on: 1, timeout: timeout))
        #expect(try server.receive() == [])

        server.pass(.nanoseconds(timeout) + .milliseconds(20))
        let answers = try server.receive()
        server.open("gate")

        #expect(try answers.map { try $0.status.code } == [.deadlineExceeded])
        #expect(server.handlers.gates.isOpen("gate cancelled"))
        #expect(try server.receive() == [])
    }

    @Test func `a call that a worker takes between two turns has its deadline too`() throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.wait, .of("first"), on: 1))

        // The first call's worker goes on before the turn in which the second was read ends.
        server.handlers.gates.open("first")
        try server.send(.request(EchoService.wait, .of("second"), on: 3, timeout: 1_000_000_000))
        server.pass(.seconds(2))

        let answers = try server.receive()
        #expect(answers.map(\.stream) == [1, 3])
        #expect(try answers.map { try $0.status.code } == [.ok, .deadlineExceeded])
    }

    @Test(
        arguments: [
            (EchoService.pause, [3, 2], "gate cancelled"), (EchoService.joinLate, [2], "join cancelled"),
            (EchoService.greet, [3, 2], "greet ended"),
        ] as [(EchoService.EchoMethod, [UInt8], String)],
        [1, 1_000_000] as [Int64]
    )
    func `ends a stream of any kind when its time is up`(
        stream: (method: EchoService.EchoMethod, frames: [UInt8], gate: String),
        timeout: Int64
    ) throws {
        let server = try ConnectionInHand()
        let flags: UInt8 = stream.method.descriptor.kind.streamsRequests ? 6 : 1
        try server.send(.request(stream.method, .of("gate"), on: 1, flags: flags, timeout: timeout))

        server.pass(.seconds(1))
        let answers = try server.receive()

        #expect(answers.map(\.type) == stream.frames)
        #expect(try answers.last?.status.code == .deadlineExceeded)
        #expect(server.handlers.gates.isOpen(stream.gate))
        #expect(try server.exchange(.data(.of("late"), on: 1), .end(1)) == [])
    }

    @Test(arguments: [EchoService.pause, EchoService.joinLate, EchoService.greet], [0, .max] as [Int64])
    func `no timeout and the longest let a stream take its time`(
        method: EchoService.EchoMethod,
        timeout: Int64
    ) throws {
        let server = try ConnectionInHand()
        let kind = method.descriptor.kind
        let flags: UInt8 = kind.streamsRequests ? 6 : 1
        try server.send(.request(method, .of("gate"), on: 1, flags: flags, timeout: timeout))

        server.pass(.minutes(1))
        let before = try server.receive()
        if kind.streamsRequests { try server.send(.end(1)) }
        server.open("gate")
        server.open("join")

        #expect(before.allSatisfy { $0.type == 3 && $0.flags == 0 })
        #expect(try server.receive() == [kind.streamsResponses ? .end(1) : Frame(stream: 1, type: 2)])
    }

    @Test func `never answers early`() throws {
        let server = try ConnectionInHand()
        server.pass(.milliseconds(7))
        try server.send(.request(EchoService.wait, .of("gate"), on: 1, timeout: 25_000_000))

        server.pass(.milliseconds(24))
        #expect(try server.receive() == [])
        server.pass(.milliseconds(21))

        #expect(try server.receive().count == 1)
    }

    @Test func `a cancelled call does not cancel the next one in the same worker`() throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.wait, .of("late"), on: 1, timeout: 1_000_000))
        server.pass(.seconds(1))
        _ = try server.receive()

        try server.send(.request(EchoService.wait, .of("gate"), on: 3))
        server.open("gate")

        #expect(try server.receive() == [try .response(.of("gate"), on: 3)])
    }
}
