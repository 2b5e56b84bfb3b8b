import NIOCore
import NIOEmbedded
import Testing

@testable import RPC

/// Queries that are sent a second time beside the first, because that takes long.
struct HedgingTests {
    @Test func `the first answer of a hedged query counts, and the other is cancelled`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.echo, options: .init(hedgeAfter: .milliseconds(100)))
        client.pass(.milliseconds(100))
        #expect(try client.receive().map(\.stream) == [3, 5])

        try client.send(.response(.of("second"), on: 5))

        #expect(call.read(1).all == ["second"])
        #expect(try client.receive() == [.cancel(3, 1)])
    }

    @Test func `the second try goes to another address`() throws {
        let client = ClientInHand(addresses: 2)
        let call = try client.call(EchoService.echo, options: .init(hedgeAfter: .milliseconds(100)))
        client.pass(.milliseconds(100))

        #expect(client.addresses == ["unix:/0", "unix:/1"])
        try client.send(.response(.of("elsewhere"), on: 1), on: 1)

        #expect(call.read(1).all == ["elsewhere"])
        #expect(try client.receive(on: 0).map(\.type) == [1, 0x84])
    }

    @Test func `a hedged query survives the failure of one try`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.echo, options: .init(hedgeAfter: .milliseconds(100)))
        client.pass(.milliseconds(100))

        try client.send(Frame.failure(14, on: 3), .response(.of("second"), on: 5))

        #expect(call.read(1).all == ["second"])
    }

    @Test func `the other try counts also when nothing may be repeated any more`() throws {
        let client = ClientInHand(.with { $0.retry.budget = 2 })
        try client.agree()
        let call = try client.call(EchoService.echo, options: .init(hedgeAfter: .milliseconds(100)))
        client.pass(.milliseconds(100))

        try client.send(.failure(14, on: 3))
        #expect(!call.responses.isFinished)
        try client.send(.response(.of("second"), on: 5))

        #expect(call.read(1).all == ["second"])
    }

    @Test func `a failure that repeating would not mend ends both tries`() throws {
        let client = ClientInHand()
        try client.agree()
        let call = try client.call(EchoService.echo, options: .init(hedgeAfter: .milliseconds(100)))
        client.pass(.milliseconds(100))
        _ = try client.receive()

        try client.send(.failure(3, on: 3))

        #expect(call.failure?.code == .invalidArgument)
        #expect(try client.receive() == [.cancel(5, 1)])
    }

    @Test func `a query is not hedged where nobody can be reached, and goes on`() throws {
        let client = ClientInHand(.with { $0.firstBackoff = .seconds(10) }, addresses: 2)
        client.dead = ["unix:/0"]
        let call = try client.call(EchoService.echo, options: .init(hedgeAfter: .milliseconds(100)))
        client.pass(.milliseconds(100))
        client.connections[0].close(promise: nil)
        client.loop.run()

        #expect(client.addresses == ["unix:/0", "unix:/1"])
        #expect(!call.responses.isFinished)
    }

    @Test(arguments: [EchoService.command, EchoService.count, RequestMethods.converse])
    func `nothing but unary queries is hedged`(method: EchoService.EchoMethod) throws {
        let client = ClientInHand()
        try client.agree()
        _ = try client.call(method, options: .init(hedgeAfter: .milliseconds(100)))

        client.pass(.milliseconds(200))

        #expect(try client.receive().count == 1)
    }
}
