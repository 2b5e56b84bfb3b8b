import Testing

@testable import hub

struct ChatWithModelTests {
    @Test func `a chat prints the answer and below it what it cost`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()

            let outcome = try await desk.run("chat", "-m", "parrot", "-s", "Be brief", "Hello", "world")

            #expect(outcome.status == .success)
            #expect(outcome.output == "Be brief | Hello world \n")
            #expect(outcome.errors == "— parrot-1, 3 + 4 tokens, 0.25 credits charged, 12.25 left\n")
            #expect(hub.requestIDs.first?.isEmpty == false)
        }
    }

    @Test func `a prompt comes from standard input`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            let outcome = try await desk.run("chat", "-m", "parrot", "-", input: "From a file")

            #expect(outcome.output == "From a file \n")
        }
    }

    @Test func `without a model the cheapest one is asked`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            #expect(try await desk.run("chat", "Hello").output == "Hello \n")
        }
    }

    @Test func `JSON is one object per message`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            let outcome = try await desk.run("--output", "json", "chat", "-m", "parrot", "Hello world")

            let lines = outcome.output.split(separator: "\n")
            #expect(lines.prefix(2) == [#"{"text":"Hello "}"#, #"{"text":"world "}"#])
            #expect(lines.last?.contains(#""creditsCharged":"0.25""#) == true)
            #expect(outcome.errors.isEmpty)
        }
    }

    @Test func `the generated command prints a chat in the same way`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            let request = #"{"model": "parrot", "messages": [{"role": "user", "content": "Hello"}]}"#
            let outcome = try await desk.run("inference", "chat", "--json", "-", input: request)

            #expect(outcome.output == "Hello \n")
        }
    }

    @Test func `too few credits are told before anything is printed`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            let outcome = try await desk.run("chat", "-m", "golden", "Hello")

            #expect(outcome.status == .exhausted)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains("Run `hub balance` to see what is left."))
        }
    }

    @Test func `text appears before the answer is complete and Ctrl-C stops the model`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()
            let (output, errors) = (try PseudoTerminal(), try Scratch())
            let shell = desk.shell(input: try Scratch(), output: output, errors: errors)

            async let status = Hub.run(["chat", "-m", "endless", "Hello"], in: shell)
            _ = try await output.screen(until: "Well, ")
            desk.interrupts.interrupt()

            #expect(await status == 130)
            #expect(try errors.text() == "Cancelled.\n")
            var cancellations = hub.cancellations.stream.makeAsyncIterator()
            await cancellations.next()
        }
    }

    @Test func `a reader that goes away stops the model quietly`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()
            let errors = try Scratch()
            let shell = desk.shell(input: try Scratch(), output: try BrokenConduit(), errors: errors)

            let status = await Hub.run(["chat", "-m", "endless", "Hello"], in: shell)

            #expect(status == 141)
            #expect(try errors.text().isEmpty)
            var cancellations = hub.cancellations.stream.makeAsyncIterator()
            await cancellations.next()
        }
    }
}
