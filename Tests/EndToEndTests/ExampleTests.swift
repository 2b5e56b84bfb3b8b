import Support
import Testing

/// The examples of the README do what they say.
@Suite(.timeLimit(.minutes(2))) struct ExampleTests {
    @Test func `the first call signs in, reads the balance, chats and meets errors`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub, owning: "2")

        let (exit, output, errors) = try await Program.run(
            Program.built("first-call"),
            [hub.rpc, person.email, "one two three"],
            environment: person.environment
        )

        #expect(exit == .code(0), "\(errors.joined(separator: "\n"))")
        #expect(output.first == "balance: 2")
        #expect(output.contains("You said: one two three"))
        #expect(output.contains { $0.hasPrefix("charged: 0.0000") })
        #expect(output.contains("not found: no-such-model"))
        #expect(output.last == "user_id: is not a UUID", "\(output)")
    }

    @Test func `the four kinds of calls`() async throws {
        let (exit, output, errors) = try await Program.run(Program.built("four-kinds"), [])

        #expect(exit == .code(0), "\(errors.joined(separator: "\n"))")
        #expect(
            output == [
                "doubled: 42, says the server", "counted to: 5", "sum: 55", "so far: 1", "so far: 3", "so far: 6",
                "too late",
            ]
        )
    }

    @Test func `over a unix socket`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)

        let (exit, output, errors) = try await Program.run(
            Program.built("first-call"),
            ["unix:\(hub.folder)/hubd.sock", person.email, "hello"],
            environment: person.environment
        )

        #expect(exit == .code(0), "\(errors.joined(separator: "\n"))")
        #expect(output.contains("You said: hello"))
    }
}
