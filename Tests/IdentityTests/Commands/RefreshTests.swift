import Contract
import Foundation
import Identity
import Postgres
import RPC
import Testing

@Suite struct RefreshTests {
    @Test func `gives a new pair of the same session`() async throws {
        try await withHub { hub in
            let first = try await hub.newcomer()

            let second = try await hub.refresh(first.refreshToken)
            let third = try await hub.refresh(second.refreshToken)

            #expect(Set([first, second, third].map(\.refreshToken)).count == 3)
            #expect(Set([first, second, third].map(\.accessToken)).count == 3)
            #expect(try await hub.number("SELECT count(*) FROM session") == 1)
            #expect(try await hub.journal("session.%") == ["session.opened", "session.refreshed", "session.refreshed"])
        }
    }

    @Test func `the direct parent gets the same successor for ten seconds`() async throws {
        try await withHub { hub in
            let parent = try await hub.newcomer().refreshToken
            let child = try await hub.refresh(parent).refreshToken

            let again = try await hub.refresh(parent).refreshToken

            #expect(again == child)
            #expect(try await hub.number("SELECT counter FROM session") == 1)
            #expect(try await !hub.refresh(child).accessToken.isEmpty)
        }
    }

    @Test func `ten at once get one successor`() async throws {
        try await withHub { hub in
            let parent = try await hub.newcomer().refreshToken

            let children = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<10 { group.addTask { try await hub.refresh(parent).refreshToken } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }

            #expect(children.count == 1)
            #expect(try await hub.number("SELECT counter FROM session") == 1)
        }
    }

    @Test func `the parent after ten seconds ends the session`() async throws {
        try await withHub { hub in
            let parent = try await hub.newcomer().refreshToken
            let child = try await hub.refresh(parent).refreshToken
            try await hub.database.run("UPDATE session SET rotated_at = rotated_at - interval '10 s'")

            let status = try await refusal { try await hub.refresh(parent) }

            #expect(status.code == .unauthenticated && status.reason == "REFRESH_TOKEN_REUSED")
            #expect(try await refusal { try await hub.refresh(child) }.reason == "SESSION_ENDED")
            #expect(try await refusal { try await hub.refresh(parent) }.reason == "SESSION_ENDED")
            #expect(try await hub.journal("session.ended") == ["session.ended"])
            #expect(try await hub.number("SELECT count(*) FROM session WHERE end_reason = 'reuse'") == 1)
        }
    }

    @Test func `the grandparent ends the session at once`() async throws {
        try await withHub { hub in
            let first = try await hub.newcomer().refreshToken
            let second = try await hub.refresh(first).refreshToken
            let third = try await hub.refresh(second).refreshToken

            #expect(try await refusal { try await hub.refresh(first) }.reason == "REFRESH_TOKEN_REUSED")
            #expect(try await refusal { try await hub.refresh(third) }.reason == "SESSION_ENDED")
        }
    }

    @Test func `reuse on one node ends the session's access tokens on the other`() async throws {
        try await withHub { hub in
            let access = try hub.access(on: hub.anotherNode())
            let first = try await hub.newcomer()
            let second = try await hub.refresh(first.refreshToken)
            _ = try await hub.refresh(second.refreshToken)
            try await access.getMe(second.accessToken)

            _ = try await refusal { try await hub.refresh(first.refreshToken) }

            #expect(try await refusal { try await access.getMe(second.accessToken) }.reason == "SESSION_ENDED")
        }
    }

    @Test func `a forged token ends nothing`() async throws {
        try await withHub { hub in
            let genuine = try await hub.newcomer().refreshToken
            let session = try #require(RefreshTokenForm.session(of: genuine))

            let guessed = RefreshTokenForm.text(session: session, counter: 0, key: Array(repeating: 7, count: 32))
            let ahead = RefreshTokenForm.text(session: session, counter: 9, key: Array(repeating: 7, count: 32))
            let nobody = RefreshTokenForm.text(session: UUID(), counter: 0, key: Array(repeating: 7, count: 32))

            for forged in [guessed, ahead, nobody, "", "junk", genuine + "x"] {
                #expect(try await refusal { try await hub.refresh(forged) }.reason == "INVALID_REFRESH_TOKEN")
            }
            #expect(try await !hub.refresh(genuine).accessToken.isEmpty)
        }
    }

    @Test func `nothing goes on after seven days or after a sign-out`() async throws {
        try await withHub { hub in
            let old = try await hub.newcomer().refreshToken
            try await hub.database.run("UPDATE session SET expires_at = clock_timestamp()")
            #expect(try await refusal { try await hub.refresh(old) }.reason == "SESSION_ENDED")

            let fresh = try await hub.login()
            try await hub.access().logout(fresh.accessToken)
            #expect(try await refusal { try await hub.refresh(fresh.refreshToken) }.reason == "SESSION_ENDED")
        }
    }

    @Test func `another node goes on with it`() async throws {
        try await withHub { hub in
            let pair = try await hub.newcomer()

            let next = try await hub.refresh(pair.refreshToken, on: try hub.anotherNode())

            try await hub.access().getMe(next.accessToken)
        }
    }

    @Test func `a dump of the database without the master key makes no token`() async throws {
        try await withHub { hub in
            let genuine = try await hub.newcomer().refreshToken
            let session = try #require(RefreshTokenForm.session(of: genuine))
            let sealed = try #require(
                try await hub.database.first("SELECT sealed_key FROM session") { try $0.bytes(0) }
            )

            for key in [sealed, Array(sealed.prefix(32)), Array(sealed.suffix(32))] {
                let forged = RefreshTokenForm.text(session: session, counter: 0, key: key)
                #expect(try await refusal { try await hub.refresh(forged) }.reason == "INVALID_REFRESH_TOKEN")
            }
        }
    }
}
