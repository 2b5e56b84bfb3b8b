import Testing

@testable import hub

struct SecretTests {
    @Test func `a password comes from the environment`() throws {
        let desk = Desk()
        desk["HUB_PASSWORD"] = "from the environment"

        #expect(try desk.shell().secret("password") == "from the environment")
    }

    @Test func `a password comes from a line of input`() throws {
        let desk = Desk()

        #expect(try desk.shell(reading: "from a line\n").secret("password") == "from a line")
    }

    @Test func `nothing is no password`() throws {
        let desk = Desk()

        #expect(throws: Failure(.usage, "Password: nothing was given.")) { try desk.shell().secret("password") }
    }

    @Test func `a terminal does not show a password and is left as it was`() async throws {
        let terminal = try PseudoTerminal()
        let shell = Desk().shell(input: terminal, output: terminal, errors: terminal)

        async let password = aside { try shell.secret("refresh_token") }
        #expect(try await terminal.screen(until: "Refresh token: ") == "Refresh token: ")
        #expect(!terminal.echoes)
        try terminal.type("hush")

        #expect(try await password == "hush")
        #expect(terminal.echoes)
        #expect(try await terminal.screen(until: "\r\n") == "\r\n")
    }

    @Test func `a new password must be typed twice`() async throws {
        let terminal = try PseudoTerminal()
        let shell = Desk().shell(input: terminal, output: terminal, errors: terminal)

        async let password = aside { try shell.newPassword() }
        _ = try await terminal.screen(until: "Password: ")
        try terminal.type("one")
        _ = try await terminal.screen(until: "again: ")
        try terminal.type("another")

        let expected = Failure(.usage, "The passwords are not the same.")
        do {
            let password = try await password
            Issue.record("took \(password)")
        } catch {
            #expect(error as? Failure == expected)
        }
    }
}
