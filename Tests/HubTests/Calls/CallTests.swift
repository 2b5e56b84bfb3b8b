import Testing

@testable import hub

struct CallTests {
    @Test func `CSV is printed as it comes, byte for byte`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            let outcome = try await desk.run("credits", "export-credit-report", "--group-by", "service")

            #expect(outcome.errors == "")
            #expect(outcome.output == "service,movements\r\nvideo,2\r\n")
        }
    }

    @Test func `a generated command calls and shows a table`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            let outcome = try await desk.run("identity", "get-me")

            #expect(
                outcome.output == """
                    USER ID   EMAIL            ROLES  PERMISSIONS        CREATED AT
                    0199-ada  ada@example.org  User   credits:read:self  2027-01-15T08:00:00Z
                                                      services:use:self

                    """
            )
        }
    }

    @Test func `a command without a request id gets a fresh one`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()

            for _ in 1...2 { _ = try await desk.run("credits", "place-hold", "--amount", "1") }
            _ = try await desk.run("credits", "place-hold", "--amount", "1", "--request-id", "mine")

            #expect(Set(hub.requestIDs).count == 3)
            #expect(hub.requestIDs.allSatisfy { !$0.isEmpty })
            #expect(hub.requestIDs.last == "mine")
        }
    }

    @Test func `an error names the request that a retry must repeat`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            let outcome = try await desk.run("credits", "settle-hold", "h1", "--amount", "1", "--request-id", "mine")

            #expect(outcome.status == .invalid)
            #expect(
                outcome.errors == """
                    Error: The hold has expired. (FAILED_PRECONDITION, HOLD_EXPIRED)
                    Request id: mine

                    """
            )
        }
    }

    @Test(
        arguments: [
            (["credits", "release-hold", "h1"], hub.ExitStatus.notFound),
            (["credits", "adjust-credits", "u1", "--amount", "1"], .denied),
            (["chat", "-m", "golden", "Hello"], .exhausted),
        ]
    )
    func `an error of a call decides the exit status`(arguments: [String], status: hub.ExitStatus) async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            #expect(await Hub.run(arguments, in: try desk.shell()) == status.rawValue)
        }
    }

    @Test func `nobody is signed in at first`() async throws {
        let outcome = try await Desk().run("credits", "get-balance")

        #expect(outcome.status == .unauthenticated)
        #expect(outcome.errors == "Error: You are not signed in.\nRun `hub login`.\n")
    }

    @Test func `a hub that does not answer is unavailable`() async throws {
        let desk = Desk()
        desk["HUB_PASSWORD"] = "correct horse"

        let outcome = try await desk.run("identity", "login", "--server", "unix:/nowhere/hub.sock", "--timeout", "5")

        #expect(outcome.status == .unavailable)
        #expect(outcome.errors.contains("Is a hub listening on unix:/nowhere/hub.sock?"))
    }

    @Test func `verbose tells what was called`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            let outcome = try await desk.run("-v", "credits", "place-hold", "--request-id", "mine")

            #expect(outcome.errors.contains("hub: hub.credits.v1.CreditCommands/PlaceHold on "))
            #expect(outcome.errors.contains("request id mine"))
        }
    }
}
