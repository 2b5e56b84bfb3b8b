import Contract
import Credits
import Foundation
import Postgres
import RPC
import Support
import Testing

@Suite struct RegisterTests {
    @Test func `makes a User with one credit, who can sign in`() async throws {
        try await withHub { hub in
            let answer = try await hub.register()

            #expect(answer.email == hub.email)
            let roles = "SELECT count(*) FROM user_role ur JOIN role r ON r.id = role_id WHERE r.name = 'User'"
            #expect(try await hub.number(roles) == 1)
            #expect(try await hub.number("SELECT balance_after FROM entry") == 1_000_000)
            #expect(try await hub.journal("user.%") == ["user.registered"])
            #expect(try await LedgerCheck.violations(in: hub.database).isEmpty)
            #expect(try await !hub.login().accessToken.isEmpty)
        }
    }

    @Test func `answers a known address the same, changes nothing and notes it`() async throws {
        try await withHub { hub in
            let first = try await hub.register()

            let second = try await hub.register(hub.email, "another good password")

            #expect(second == first)
            #expect(try await hub.number("SELECT count(*) FROM user_account") == 1)
            #expect(try await hub.number("SELECT balance_after FROM entry") == 1_000_000)
            #expect(try await hub.journal("user.%") == ["user.registered", "user.repeated_signup"])
            #expect(
                try await refusal { try await hub.login(hub.email, "another good password") }.code == .unauthenticated
            )
            #expect(try await !hub.login().accessToken.isEmpty)
        }
    }

    @Test func `upper and lower case are one address`() async throws {
        try await withHub { hub in
            _ = try await hub.register("Ada@Example.com")
            _ = try await hub.register("ada@example.COM")

            #expect(try await hub.number("SELECT count(*) FROM user_account") == 1)
            #expect(try await !hub.login("ADA@EXAMPLE.COM").accessToken.isEmpty)
        }
    }

    @Test func `twenty at once make one user and one credit`() async throws {
        try await withHub { hub in
            let answers = try await withThrowingTaskGroup(of: RegisterResponse.self) { group in
                for _ in 0..<20 { group.addTask { try await hub.register() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(answers.count == 20 && answers.allSatisfy { $0 == answers[0] })
            #expect(try await hub.number("SELECT count(*) FROM user_account") == 1)
            #expect(try await hub.number("SELECT count(*) FROM entry WHERE balance_after = 1000000") == 1)
            #expect(try await hub.journal("user.%").count { $0 == "user.repeated_signup" } == 19)
            #expect(try await LedgerCheck.violations(in: hub.database).isEmpty)
        }
    }

    @Test func `names the field that is wrong`() async throws {
        let email = "ada@example.com"
        let wrong = [
            ("", Hub.password, "email"), ("nobody", Hub.password, "email"), (email, "", "password"),
            (email, "short", "password"), (email, "password123", "password"), (email, email, "password"),
            (email, String(repeating: "x", count: 1_025), "password"),
        ]
        try await withHub { hub in
            for (email, password, field) in wrong {
                let status = try await refusal { try await hub.register(email, password) }

                #expect(status.code == .invalidArgument)
                #expect(status.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == [field])
            }
            #expect(try await hub.number("SELECT count(*) FROM user_account") == 0)
        }
    }

    @Test func `stores neither password nor address where a leak would tell them`() async throws {
        try await withHub { hub in
            _ = try await hub.newcomer()

            let hash = try await hub.database.first("SELECT password_hash FROM user_account") { try $0.text(0) }
            let payloads = try await hub.database.rows("SELECT payload FROM journal") { try $0.bytes(0) }

            #expect(hash?.hasPrefix("$2b$04$") == true)
            for payload in payloads {
                let text = String(decoding: payload, as: UTF8.self)
                #expect(!text.contains(Hub.password) && !text.contains(hub.email))
            }
        }
    }
}
