import Contract
import Foundation
import RPC
import Support
import Testing

@Suite struct SessionTests {
    @Test func `signing out holds on every node at once`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)
        let other = try await hub.anotherDaemon()

        try await person.withClient(at: other.rpc) { client, options in
            let queries = IdentityQueriesClient(client)
            #expect(try await queries.getMe(.init(), options).email == person.email)

            let left = try await person.post("/api/auth/logout", "{}")

            #expect(left.status == 200)
            let error = await #expect(throws: Status.self) { try await queries.getMe(.init(), options) }
            #expect(error?.code == .unauthenticated)
            #expect(error?.errorInfo?.reason == "SESSION_ENDED")
        }
        other.program.terminate()
        #expect(try await other.program.exit() == .code(0))
    }

    @Test func `a refresh token works once, and an old one ends the session`() async throws {
        var person = try await Person.signedIn(try await RunningHub.shared())
        let first = person.tokens.refreshToken
        func refresh(_ token: String) async throws -> Answer {
            try await person.post("/api/auth/refresh", #"{"refreshToken": "\#(token)"}"#)
        }

        let second = try await refresh(first).decoded(Person.Tokens.self)
        person.tokens = try await refresh(second.refreshToken).decoded(Person.Tokens.self)
        #expect(try await person.get("/api/users/me").status == 200)
        let reused = try await refresh(first)

        #expect(reused.status == 401)
        #expect(reused.reason == "REFRESH_TOKEN_REUSED")
        #expect(try await person.get("/api/users/me").reason == "SESSION_ENDED")
        #expect(try await refresh(person.tokens.refreshToken).status == 401)
    }

    @Test func `a known address registers with the same answer and keeps its password`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub)
        let stranger = try Person(hub)
        func register(_ email: String) async throws -> Answer {
            try await stranger.post(
                "/api/auth/register",
                #"{"email": "\#(email)", "password": "another long password"}"#
            )
        }

        let known = try await register(person.email)
        let fresh = try await register(stranger.email)

        #expect(known.status == fresh.status)
        #expect(
            known.text.replacing(person.email, with: "X") == fresh.text.replacing(stranger.email, with: "X")
        )
        var again = person
        try await again.signIn()
        #expect(try await again.get("/api/credits/balance").object["balance"] as? String == "1")
    }
}
