import Contract
import RPC
import Testing

@Suite struct LogoutTests {
    @Test func `ends the session on every node at once`() async throws {
        try await withHub { hub in
            let here = hub.access()
            let there = hub.access(on: try hub.anotherNode())
            let token = try await hub.newcomer().accessToken
            try await there.getMe(token)

            try await here.logout(token)

            #expect(try await refusal { try await there.getMe(token) }.reason == "SESSION_ENDED")
            #expect(try await refusal { try await here.getMe(token) }.reason == "SESSION_ENDED")
            #expect(try await hub.journal("session.%") == ["session.opened", "session.ended"])
        }
    }

    @Test func `leaves the user's other sessions alone`() async throws {
        try await withHub { hub in
            let first = try await hub.newcomer().accessToken
            let second = try await hub.login().accessToken

            try await hub.access().logout(first)

            try await hub.access().getMe(second)
        }
    }
}
