import Contract
import Foundation
import Postgres
import SwiftProtobuf
import Testing

@Suite struct GetMeTests {
    @Test func `tells the account as it was made, its roles and what they allow`() async throws {
        try await withHub { hub in
            let token = try await hub.newcomer("Ada@Example.com").accessToken

            let me = try await hub.access().getMe(token)

            #expect(me.email == "Ada@Example.com")
            #expect(UUID(uuidString: me.userID) != nil)
            #expect(me.roles == ["User"])
            #expect(
                me.permissions == [
                    "contract:read:self", "credits:read:self", "services:use:self", "users:read:self",
                    "users:update:self",
                ]
            )
            #expect(abs(me.createdAt.date.timeIntervalSinceNow) < 60)
        }
    }

    @Test func `roles add up to the widest grant of each`() async throws {
        try await withHub { hub in
            let token = try await hub.newcomer().accessToken
            let access = hub.access()
            _ = try await access.getMe(token)

            try await hub.database.run(
                "INSERT INTO user_role (user_id, role_id) SELECT id, 3 FROM user_account"
            )
            let me = try await access.getMe(token)

            #expect(me.roles == ["Manager", "User"])
            #expect(me.permissions.contains("users:read:team") && me.permissions.contains("users:update:self"))
        }
    }
}
