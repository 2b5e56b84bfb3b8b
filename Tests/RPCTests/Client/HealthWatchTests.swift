import NIOCore
import NIOEmbedded
import SwiftProtobuf
import Testing

@testable import RPC

/// A client that asks its servers whether they serve.
struct HealthWatchTests {
    private static func client(addresses: Int = 2) -> ClientInHand {
        ClientInHand(
            .with {
                $0.health = "test.Echo"
                $0.balancing = .roundRobin
                $0.retry = .never
            },
            addresses: addresses
        )
    }

    private static func health(
        _ status: Grpc_Health_V1_HealthCheckResponse.ServingStatus,
        on stream: UInt32 = 1
    ) throws -> Frame {
        let message = Grpc_Health_V1_HealthCheckResponse.with { $0.status = status }
        return Frame(stream: stream, type: 3, body: try message.serializedBytes())
    }

    @Test func `asks each address it uses, once`() throws {
        let client = Self.client()
        for _ in 0..<4 { _ = try client.call(EchoService.echo) }

        let requests = try (0..<4).map { try client.receive(on: $0).map { try $0.request } }

        #expect(client.attempts == 4)
        #expect(requests.map { $0.map(\.method) } == [["Watch"], ["Echo", "Echo"], ["Watch"], ["Echo", "Echo"]])
        let asked = try Grpc_Health_V1_HealthCheckRequest(serializedBytes: requests[0][0].payload)
        #expect(asked.service == "test.Echo")
    }

    @Test func `uses no address that says it does not serve, until it does again`() throws {
        let client = Self.client()
        for _ in 0..<2 { _ = try client.call(EchoService.echo) }
        for connection in 0..<4 { _ = try client.receive(on: connection) }

        try client.send(Self.health(.notServing), on: 0)
        for _ in 0..<2 { _ = try client.call(EchoService.echo) }
        #expect(try client.receive(on: 1).isEmpty)
        #expect(try client.receive(on: 3).count == 2)
        try client.send(Self.health(.serving), on: 0)
        for _ in 0..<2 { _ = try client.call(EchoService.echo) }

        #expect(try client.receive(on: 1).count == 1)
    }

    @Test func `fails calls when no address serves`() throws {
        let client = Self.client(addresses: 1)
        _ = try client.call(EchoService.echo)
        try client.send(Self.health(.serviceUnknown), on: 0)

        let call = try client.call(EchoService.echo)

        #expect(call.failure?.errorInfo?.reason == "NO_ADDRESS")
    }

    @Test func `a server that cannot tell is used, and not asked again`() throws {
        let client = Self.client(addresses: 1)
        _ = try client.call(EchoService.echo)
        let response = Ttrpc_Response.with { $0.status.code = 12 }
        try client.send(Frame(stream: 1, type: 2, body: response.serializedBytes()), on: 0)
        _ = try client.receive(on: 0)
        client.pass(.seconds(60))

        let call = try client.call(EchoService.echo)

        #expect(!call.responses.isFinished)
        #expect(try client.receive(on: 0).isEmpty)
    }

    @Test func `asks again after a loss, and the address is worth a try meanwhile`() throws {
        let client = Self.client(addresses: 1)
        _ = try client.call(EchoService.echo)
        try client.send(Self.health(.notServing), on: 0)
        client.connections[0].close(promise: nil)
        client.loop.run()

        let call = try client.call(EchoService.echo)
        #expect(!call.responses.isFinished)
        client.pass(.seconds(1))

        #expect(try client.receive(on: 2).map { try $0.request.method } == ["Watch"])
    }

    @Test func `does not keep a server from going away`() throws {
        let client = Self.client(addresses: 1)
        let call = try client.call(EchoService.echo)
        try client.send(.settings(), Self.health(.serving), on: 0)
        try client.send(.settings(), .response(.init(), on: 1), on: 1)

        try client.send(.goAway(GoAway.warning), on: 0)

        #expect(call.isGood)
        #expect(client.isClosed(0))
    }

    @Test(arguments: [false, true])
    func `asks nothing more once its client is closed and gone`(isLost: Bool) throws {
        var client: ClientInHand? = Self.client(addresses: 1)
        weak let dispatcher = client?.dispatcher
        let loop = try #require(client?.loop)
        _ = try client?.call(EchoService.echo)
        if isLost { client?.connections[0].close(promise: nil) }
        loop.run()

        client?.close()
        client = nil
        loop.advanceTime(by: .seconds(60))

        #expect(dispatcher == nil)
    }
}
