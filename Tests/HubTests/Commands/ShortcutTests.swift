import Testing

@testable import hub

struct ShortcutTests {
    @Test(
        arguments: [
            (["balance"], ["credits", "get-balance"]),
            (["history", "--limit", "5"], ["credits", "list-transactions", "--page-size", "5"]),
            (["models"], ["inference", "list-models"]),
        ]
    )
    func `a short name does what the long one does`(short: [String], long: [String]) async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()
            let (shortOutput, longOutput, errors) = (try Scratch(), try Scratch(), try Scratch())

            let one = await Hub.run(short, in: desk.shell(input: errors, output: shortOutput, errors: errors))
            let other = await Hub.run(long, in: desk.shell(input: errors, output: longOutput, errors: errors))

            #expect([one, other] == [0, 0])
            #expect(try shortOutput.text() == (try longOutput.text()))
            #expect(try !shortOutput.text().isEmpty)
        }
    }

    @Test(arguments: [("bash", "complete"), ("zsh", "#compdef hub"), ("fish", "complete -c 'hub'")])
    func `a completion script is for its shell`(shell: String, mark: String) async throws {
        let outcome = try await Desk().run("completion", shell)

        #expect(outcome.status == .success)
        #expect(outcome.output.contains(mark))
        #expect(outcome.output.contains("place-hold"))
    }
}
