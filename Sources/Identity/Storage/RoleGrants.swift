import Kernel
import Postgres
import Synchronization

/// What each role allows, kept in memory until the version in the database is another.
final class RoleGrants: Sendable {
    private struct Grant {
        let role: Int64
        let resource: String
        let action: String
        let scope: GrantScope
    }

    private struct Known {
        let version: Int64
        let grants: [Grant]
        /// By the roles a user has. Bounded by the number of roles that exist.
        var combined: [[Int64]: Grants] = [:]
    }

    private let database: Database
    private let known = Mutex<Known?>(nil)

    init(database: Database) {
        self.database = database
    }

    /// What the roles allow together, by knowledge not older than `version`, the database's current one.
    func grants(of roles: [Int64], version: Int64) async throws -> Grants {
        if let grants = self.lookUp(roles, version) { return grants }
        let current = try await self.read()
        return self.known.withLock { known in
            known = current
            return Self.combine(roles, &known)
        }
    }

    private func lookUp(_ roles: [Int64], _ version: Int64) -> Grants? {
        self.known.withLock { known in
            // A newer version than asked for was read after the caller's; it is the truer one.
            guard let last = known?.version, last >= version else { return nil }
            return Self.combine(roles, &known)
        }
    }

    private static func combine(_ roles: [Int64], _ known: inout Known?) -> Grants {
        if let grants = known?.combined[roles] { return grants }
        var grants = Grants()
        for grant in known?.grants ?? [] where roles.contains(grant.role) {
            grants.add(grant.resource, grant.action, grant.scope)
        }
        known?.combined[roles] = grants
        return grants
    }

    /// Version and grants in one statement, so that they belong together.
    private func read() async throws -> Known {
        let rows = try await self.database.rows(selectGrants) { row in
            guard let scope = GrantScope(rawValue: Int(try row.int(4))) else {
                throw PostgresError(.decoding, "a grant has an unknown scope")
            }
            let grant = Grant(role: try row.int(1), resource: try row.text(2), action: try row.text(3), scope: scope)
            return (version: try row.int(0), grant: grant)
        }
        return Known(version: rows.first?.version ?? 0, grants: rows.map(\.grant))
    }
}

private let selectGrants = Statement(
    """
    SELECT v.version, g.role_id, p.resource, p.action, g.scope
    FROM authz_version v, role_permission g JOIN permission p ON p.id = g.permission_id
    WHERE v.name = 'global'
    """
)
