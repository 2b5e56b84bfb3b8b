import Testing

@testable import hub

struct RefreshTests {
    @Test func `an access token is used until shortly before its end`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()
            desk.advance(by: 860)

            #expect(try await desk.run("balance").status == .success)
            #expect(hub.refreshes == 0)
        }
    }

    @Test func `an expired access token is renewed`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()
            desk.advance(by: 900)

            let first = try await desk.run("balance")
            let second = try await desk.run("balance")

            #expect([first.status, second.status] == [.success, .success])
            #expect(hub.refreshes == 1)
        }
    }

    @Test func `programs that run at the same time renew it once`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()
            desk.advance(by: 900)

            let statuses = try await withThrowingTaskGroup { group in
                for _ in 1...8 { group.addTask { try await desk.run("balance").status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(statuses == Array(repeating: .success, count: 8))
            #expect(hub.refreshes == 1)
        }
    }

    @Test func `a session that has ended says so`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()
            hub.endSession()
            desk.advance(by: 900)

            let outcome = try await desk.run("balance")

            #expect(outcome.status == .unauthenticated)
            #expect(outcome.errors.contains("Error: Used twice. (UNAUTHENTICATED, REFRESH_TOKEN_REUSED)"))
            #expect(outcome.errors.contains("Run `hub login`."))
        }
    }

    @Test func `tokens are shown to no server but the one that gave them`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            let outcome = try await desk.run("--server", "127.0.0.1:1", "balance")

            #expect(outcome.status == .unauthenticated)
            #expect(outcome.errors.contains("not on 127.0.0.1:1"))
        }
    }
}
