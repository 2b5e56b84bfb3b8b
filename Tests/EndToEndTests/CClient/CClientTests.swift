import Foundation
import Support
import Testing

/// A program in C that knows the hub by the contract and the wire alone. It is built so that any misuse or leak of memory
/// ends it with an exit status of its own.
@Suite struct CClientTests {
    @Test func `signs in, reads the balance and streams a chat for the exact charge`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)
        let client = try await CClient.built()

        for (address, owned) in [(hub.rpc, "1"), ("unix:\(hub.folder)/hubd.sock", nil)] {
            let before = try await person.get("/api/credits/balance").object["balance"] as? String
            let run = try await client.run(as: person, "--server", address, "Say", "hello to the world")
            let after = try await person.get("/api/credits/balance").object["balance"] as? String

            #expect(run.exit == .code(0), "\(run.errors)")
            #expect(run.errors == "")
            #expect(owned == nil || before == owned)
            #expect(run.output.hasPrefix("balance: \(try #require(before)) credits, 0 of them held\n"))
            #expect(run.output.contains("\nYou said: Say hello to the world\nfinished: stop\n"))
            let pattern = /usage: (\d+) prompt and (\d+) completion tokens, ([0-9.]+) credits charged, ([0-9.]+) left/
            let used = try #require(run.output.firstMatch(of: pattern))
            let prompt = try #require(Decimal(string: String(used.1)))
            let completion = try #require(Decimal(string: String(used.2)))
            let charge = try #require(Decimal(string: String(used.3)))
            #expect(charge == Self.charge(prompt, completion))
            #expect(String(used.4) == after)
            #expect(Decimal(string: try #require(before)).map { $0 - charge } == Decimal(string: String(used.4)))
        }
    }

    @Test func `prints what has come while the answer goes on, and gives up at its deadline`() async throws {
        let person = try await Person.signedIn(try await RunningHub.shared())
        let client = try await CClient.built()

        let program = try await client.start(
            as: person,
            ["--server", person.hub.rpc, "--timeout", "10", "[[standin: repeat=forever delay=20ms]] one\ntwo"]
        )
        let first = try await program.line(holding: " one")
        let ranOn = program.output.allSatisfy { !$0.hasPrefix("usage:") }
        let exit = try await program.exit(within: .seconds(60))

        #expect(first.hasPrefix("You said: "))
        #expect(ranOn)
        #expect(exit == .code(7))
        #expect(program.errors.joined().hasPrefix("c-client: Chat: DEADLINE_EXCEEDED"))
    }

    @Test func `takes e-mail and password from standard input`() async throws {
        let person = try await Person.signedIn(try await RunningHub.shared())
        let client = try await CClient.built()

        let run = try await client.run(
            ["--server", person.hub.rpc, "hello"],
            environment: ["HUB_EMAIL": nil, "HUB_PASSWORD": nil],
            input: .text("\(person.email)\n\(person.password)\n")
        )
        let withoutPassword = try await client.run(
            ["--server", person.hub.rpc, "hello"],
            environment: ["HUB_EMAIL": person.email, "HUB_PASSWORD": nil]
        )

        #expect(run.exit == .code(0), "\(run.errors)")
        #expect(run.output.contains("You said: hello"))
        #expect(withoutPassword.exit == .code(2))
        #expect(withoutPassword.errors.contains("the password is missing"))
    }

    @Test func `says what the server refuses, with code and reason`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)
        let client = try await CClient.built()

        let wrong = try await client.run(
            ["--server", hub.rpc, "hello"],
            environment: ["HUB_EMAIL": person.email, "HUB_PASSWORD": "not the password"]
        )
        let unknown = try await client.run(as: person, "--server", hub.rpc, "--model", "nobody", "hello")
        let poor = try await Person.signedIn(hub, owning: "0.000001")
        let refused = try await client.run(as: poor, "--server", hub.rpc, "hello")

        #expect(wrong.exit == .code(3))
        #expect(wrong.errors.hasPrefix("c-client: Login: UNAUTHENTICATED (INVALID_CREDENTIALS): "))
        #expect(unknown.exit == .code(5))
        #expect(unknown.output.hasPrefix("balance: 1 credits"))
        #expect(unknown.errors.hasPrefix("c-client: Chat: NOT_FOUND ("))
        #expect(refused.exit == .code(6))
        #expect(refused.errors.hasPrefix("c-client: Chat: RESOURCE_EXHAUSTED (INSUFFICIENT_CREDITS): "))
    }

    @Test func `says why it reaches no server, and what is wrong with its command line`() async throws {
        let client = try await CClient.built()
        let known = ["HUB_EMAIL": "somebody@example.org", "HUB_PASSWORD": "whatever"]
        func run(_ arguments: String...) async throws -> (exit: Program.Exit, output: String, errors: String) {
            try await client.run(arguments, environment: known)
        }

        let nobody = try await run("--server", "127.0.0.1:1", "hello")
        let noSocket = try await run("--server", "unix:/nowhere/hubd.sock", "hello")
        let noAddress = try await run("--server", "nowhere", "hello")
        let longPath = try await run("--server", "unix:/" + String(repeating: "x", count: 200), "hello")
        let noPrompt = try await run("--server", "127.0.0.1:1")
        let noTime = try await run("--timeout", "-1", "hello")

        #expect(nobody.exit == .code(7))
        #expect(nobody.errors == "c-client: 127.0.0.1:1: UNAVAILABLE: cannot connect: Connection refused")
        #expect(noSocket.exit == .code(7))
        #expect(noSocket.errors.contains("UNAVAILABLE: cannot connect: No such file or directory"))
        #expect(noAddress.exit == .code(8))
        #expect(longPath.exit == .code(8))
        #expect(noPrompt.exit == .code(2))
        #expect(noTime.exit == .code(2))
        #expect(noTime.errors.hasPrefix("Usage: c-client"))
    }

    private static func charge(_ prompt: Decimal, _ completion: Decimal) -> Decimal {
        var exact = prompt * 15 / 10 + completion * 6
        var micro = Decimal()
        NSDecimalRound(&micro, &exact, 0, .up)
        return micro / 1_000_000
    }
}
