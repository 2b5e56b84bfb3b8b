import Contract
import Credits
import Identity
import RPC
import Support
import Testing

@Suite struct SeedAdministratorTests {
    @Test func `makes the first administrator, tells the password once and never makes a second`() async throws {
        try await withHub { hub in
            let password = try #require(try await hub.node.seedAdministrator(email: "root@localhost"))
            let again = try await hub.node.seedAdministrator(email: "other@localhost")

            #expect(password.count == 24 && again == nil)
            let me = try await hub.access().getMe(try await hub.login("root@localhost", password).accessToken)
            #expect(me.roles == ["SuperAdmin"])
            let permissions = try #require(try await hub.number("SELECT count(*) FROM permission"))
            #expect(permissions > 0 && me.permissions.count == permissions)
            #expect(me.permissions.allSatisfy { $0.hasSuffix(":any") })
            #expect(try await hub.number("SELECT balance_after FROM entry") == 1_000_000)
            #expect(try await LedgerCheck.violations(in: hub.database).isEmpty)
        }
    }

    @Test func `several nodes at once make one`() async throws {
        try await withHub { hub in
            let passwords = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<8 {
                    group.addTask { try await hub.node.seedAdministrator(email: "root\(number)@localhost") }
                }
                return try await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
            }

            #expect(passwords.count == 1)
            #expect(try await hub.number("SELECT count(*) FROM user_account") == 1)
        }
    }

    @Test func `raises nobody who registered the address before`() async throws {
        try await withHub { hub in
            _ = try await hub.register("root@localhost")

            let status = try await refusal { try await hub.node.seedAdministrator(email: "root@localhost") }

            #expect(status.code == .alreadyExists)
            #expect(try await hub.number("SELECT count(*) FROM user_role WHERE role_id = 1") == 0)
        }
    }
}
