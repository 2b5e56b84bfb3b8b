import Testing

@testable import hub

struct SignInTests {
    @Test func `signing in keeps the session for the next run and signing out ends it`() async throws {
        try await FakeHub.serving { _, desk in
            let signIn = try await desk.signIn()
            let balance = try await desk.run("balance", "--output", "json")
            let signOut = try await desk.run("logout")
            let after = try await desk.run("balance")

            #expect(signIn.status == .success)
            #expect(signIn.errors.hasSuffix(" as ada@example.org.\n"))
            #expect(balance.output.contains(#""available":"12.5""#))
            #expect(signOut.errors == "Signed out.\n")
            #expect(after.status == .unauthenticated)
        }
    }

    @Test func `the address of the server is kept with the session`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()
            desk["HUB_SERVER"] = nil

            #expect(try await desk.run("balance").status == .success)
        }
    }

    @Test func `a wrong password keeps nothing`() async throws {
        try await FakeHub.serving { _, desk in
            let outcome = try await desk.run("login", "--email", "ada@example.org", input: "wrong\n")

            #expect(outcome.status == .unauthenticated)
            #expect(try await desk.run("balance").status == .unauthenticated)
        }
    }

    @Test func `an address that nobody can be asked for must be given`() async throws {
        let outcome = try await Desk().run("login")

        #expect(outcome.status == .usage)
        #expect(outcome.errors == "Error: Missing --email.\n")
    }

    @Test func `signing out forgets the session even when nobody answers`() async throws {
        let desk = Desk()
        try await FakeHub.serving { _, other in
            desk["HUB_SERVER"] = other["HUB_SERVER"]
            _ = try await desk.signIn()
        }

        let outcome = try await desk.run("logout", "--timeout", "5")

        #expect(outcome.status == .unavailable)
        #expect(try await desk.run("balance").errors.hasPrefix("Error: You are not signed in."))
    }

    @Test func `signing out of a session that has ended is no error`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()
            hub.endSession()

            #expect(try await desk.run("logout").status == .success)
        }
    }

    @Test func `registering shows what to do next or which field is wrong`() async throws {
        try await FakeHub.serving { _, desk in
            let good = try await desk.run("register", "--email", "b@example.org", input: "long enough\n")
            let bad = try await desk.run("register", "--email", "b@example.org", input: "short\n")

            #expect(good.output.contains("You can sign in now."))
            #expect(bad.status == .invalid)
            #expect(bad.errors.contains("  password: must have at least 8 characters\n"))
        }
    }
}
