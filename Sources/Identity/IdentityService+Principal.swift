import Foundation
import Kernel
import Postgres
import RPC

extension IdentityService {
    /// Who presents these claims, with what the roles allow at this moment.
    ///
    /// One look at the database at every call, so that a sign-out or a change of roles holds from the next call on.
    ///
    /// - Throws: `UNAUTHENTICATED` with reason `SESSION_ENDED`, or what the database throws; never lets anybody in unseen.
    func principal(of claims: AccessClaims) async throws -> Principal {
        let parameters: [Parameter] = [.uuid(claims.sessionID), .uuid(claims.userID)]
        let found = try await self.database.first(selectLiveSession, parameters) { row in
            (roles: try row.ints(0), version: try row.int(1))
        }
        guard let found else { throw Status.sessionEnded }
        let grants = try await self.roles.grants(of: found.roles, version: found.version)
        return Principal(userID: claims.userID, sessionID: claims.sessionID, grants: grants)
    }

    /// Writes to the journal that a call was refused; each refusal is a stream of its own.
    func noteRefusedCall(_ call: CallContext, _ kind: String, actor: UUID?, _ facts: [String: String]) async throws {
        let facts = facts.merging(["method": call.method.path]) { given, _ in given }
        let requestID = call.requestID
        _ = try await self.database.write { transaction in
            try Journal.append(
                transaction,
                stream: "refusal:\(UUID.v7().text)",
                version: 1,
                kind: kind,
                actor: actor,
                requestID: requestID,
                payload: JournalFacts.of(facts)
            )
        }
    }
}

private let selectLiveSession = Statement(
    """
    SELECT array(SELECT role_id FROM user_role WHERE user_id = s.user_id ORDER BY role_id), v.version
    FROM session s, authz_version v
    WHERE s.id = $1::uuid AND s.user_id = $2::uuid AND s.ended_at IS NULL AND s.expires_at > clock_timestamp()
          AND v.name = 'global'
    """
)
