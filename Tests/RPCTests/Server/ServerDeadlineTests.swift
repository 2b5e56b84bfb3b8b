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

    @Test func `ends a stream when its time is up`() throws {
        let server = try ConnectionInHand()
        try server.send(.request(EchoService.pause, .of("gate"), on: 1, timeout: 1_000_000))

        server.pass(.seconds(1))

        let answers = try server.receive()
        #expect(answers.map(\.type) == [3, 2])
        #expect(try answers[1].status.code == .deadlineExceeded)
        #expect(server.handlers.gates.isOpen("gate cancelled"))
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
