import Contract
import Foundation
import Identity
import Kernel
import Postgres
import RPC
import Support
import SwiftProtobuf
import Testing

@Suite struct AccessTests {
    @Test func `every method of the contract has a guard`() async throws {
        try await withHub { hub in
            for (method, _) in ContractMethods.all {
                _ = try hub.access().access.interceptor(for: method)
            }
        }
    }

    @Test func `a method without a whole policy stops the start`() async throws {
        try await withHub { hub in
            let method = IdentityQueries.getMe.descriptor
            let incomplete: [Policy?] = [
                nil, Policy(), .with { $0.permission = .init() },
                .with {
                    $0.permission.resource = "users"
                    $0.permission.action = "read"
                },
                .with {
                    $0.permission.resource = "users"
                    $0.permission.scope = .any
                },
            ]

            for policy in incomplete {
                let policies = policy.map { [(method: method, policy: $0)] } ?? []
                let access = hub.access(policies: policies).access
                let error = #expect(throws: Access.NoPolicy.self) { try access.interceptor(for: method) }
                #expect(error?.description.contains(method.path) == true)
            }
        }
    }

    @Test func `tells the handler who calls`() async throws {
        try await withHub { hub in
            let pair = try await hub.newcomer()
            let access = hub.access()

            let principal = try await access.admit(IdentityQueries.getMe.descriptor, pair.accessToken).principal

            #expect(try await access.getMe(pair.accessToken).userID == principal.userID.text)
            #expect(principal.sessionID == RefreshTokenForm.session(of: pair.refreshToken))
            #expect(principal.grants.scope(of: "users", "read") == .self)
        }
    }

    @Test func `a public method asks for no token and believes none`() async throws {
        try await withHub { hub in
            let call = try await hub.access().admit(IdentityCommands.login.descriptor, "junk")

            #expect(call.identity == nil)
        }
    }

    @Test func `a change of roles holds at the next call on every node`() async throws {
        try await withHub { hub in
            let adjust = CreditCommands.adjustCredits.descriptor
            let token = try await hub.newcomer().accessToken
            let nodes = [hub.access(), hub.access(on: try hub.anotherNode())]
            for node in nodes {
                #expect(try await refusal { try await node.admit(adjust, token) }.reason == "FORBIDDEN")
            }

            try await hub.database.run("UPDATE user_role SET role_id = 2")
            for node in nodes { try await node.admit(adjust, token) }

            try await hub.database.run("DELETE FROM role_permission WHERE role_id = 2 AND permission_id = 13")
            for node in nodes {
                #expect(try await refusal { try await node.admit(adjust, token) }.reason == "FORBIDDEN")
            }
        }
    }

    @Test func `a malformed subject is named as such`() async throws {
        try await withHub { hub in
            let token = try await hub.newcomer().accessToken

            let status = try await refusal {
                try await hub.access().admit(CreditQueries.getBalance.descriptor, token, about: "me; DROP TABLE")
            }

            #expect(status.code == .invalidArgument)
            #expect(status.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["user_id"])
        }
    }

    @Test func `a refusal of an audited method stands in the journal with its caller`() async throws {
        try await withHub { hub in
            let token = try await hub.newcomer().accessToken
            let user = try await hub.access().getMe(token).userID

            _ = try await refusal {
                try await hub.access().admit(CreditCommands.adjustCredits.descriptor, token, about: user)
            }
            _ = try await refusal { try await hub.access().admit(CreditCommands.adjustCredits.descriptor) }

            let refused = try await hub.database.rows(
                "SELECT actor::text, convert_from(payload, 'UTF8') FROM journal WHERE kind = 'call.refused'"
            ) { (actor: try $0.text(0), facts: try $0.text(1)) }
            #expect(refused.map(\.actor) == [user])
            #expect(refused[0].facts.contains("hub.credits.v1.CreditCommands/AdjustCredits"))
        }
    }

    @Test func `nobody comes in while Postgres is away`() async throws {
        let postgres = try await PostgresServer.start()
        let connection = postgres.connectionString()
        try await withHub { hub in
            let token = try await hub.newcomer().accessToken
            try await hub.access().getMe(token)
            let away = Database(DatabaseConfiguration(connection: connection), logger: hub.logger)
            try await postgres.stop()

            let node = try hub.anotherNode(on: away)
            let status = try await refusal { try await hub.access(on: node).getMe(token) }

            #expect(status.code == .unavailable)
            await away.close()
        }
    }
}
