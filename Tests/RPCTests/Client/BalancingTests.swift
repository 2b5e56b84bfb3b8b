import NIOCore
import NIOEmbedded
import Testing

@testable import RPC

/// A client of several addresses.
struct BalancingTests {
    @Test func `goes round`() throws {
        let client = ClientInHand(.with { $0.balancing = .roundRobin }, addresses: 3)

        for _ in 0..<6 { _ = try client.call(EchoService.echo) }

        #expect(client.addresses == ["unix:/0", "unix:/1", "unix:/2"])
        #expect(try (0..<3).map { try client.receive(on: $0).count } == [2, 2, 2])
    }

    @Test func `stays with the first`() throws {
        let client = ClientInHand(addresses: 3)

        for _ in 0..<6 { _ = try client.call(EchoService.echo) }

        #expect(client.addresses == ["unix:/0"])
    }

    @Test(arguments: [Balancing.pickFirst, .roundRobin])
    func `skips an address that cannot be reached until its backoff ends`(balancing: Balancing) throws {
        let client = ClientInHand(
            .with { ($0.balancing, $0.firstBackoff, $0.longestBackoff) = (balancing, .seconds(10), .seconds(10)) },
            addresses: 2
        )
        client.dead = ["unix:/0"]
        let calls = try (0..<4).map { _ in try client.call(EchoService.command) }
        #expect(client.addresses == ["unix:/0", "unix:/1"])
        #expect(calls.allSatisfy { !$0.responses.isFinished })
        #expect(try client.receive().count == 4)

        client.dead = []
        client.pass(.seconds(10))
        for _ in 0..<2 { _ = try client.call(EchoService.command) }

        #expect(client.addresses == ["unix:/0", "unix:/1", "unix:/0"])
    }

    @Test func `fails when no address can be reached`() throws {
        let client = ClientInHand(addresses: 3)
        client.isReachable = false

        let call = try client.call(EchoService.echo)

        #expect(client.attempts == 3)
        #expect(call.failure?.errorInfo?.reason == "CONNECT_FAILED")
    }

    @Test func `tries again elsewhere`() throws {
        let client = ClientInHand(addresses: 2)
        let call = try client.call(EchoService.echo)

        client.connections[0].close(promise: nil)
        client.loop.run()
        client.pass(.seconds(1))

        #expect(client.addresses == ["unix:/0", "unix:/1"])
        #expect(!call.responses.isFinished)
    }

    @Test(arguments: 0..<50)
    func `picks only what is usable, and each in its turn`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...5, using: &random)
        var balancer = Balancer(.roundRobin, count: count)
        var first = Balancer(.pickFirst, count: count)
        var picks = Array(repeating: 0, count: count)

        for _ in 0..<200 {
            let usable = Set((0..<count).filter { _ in Bool.random(using: &random) })
            let tried = Set((0..<count).filter { _ in Bool.random(using: &random) })
            let pick = balancer.pick(besides: tried, isUsable: usable.contains)
            #expect((pick == nil) == usable.isEmpty)
            if let pick {
                #expect(usable.contains(pick))
                #expect(!tried.contains(pick) || usable.isSubset(of: tried))
            }
            #expect(first.pick(isUsable: usable.contains) == usable.min())
        }
        for _ in 0..<count * 10 {
            if let pick = balancer.pick(isUsable: { _ in true }) { picks[pick] += 1 }
        }
        #expect(picks == Array(repeating: 10, count: count))
    }
}
