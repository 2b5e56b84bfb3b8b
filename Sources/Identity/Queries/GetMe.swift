package import Contract
import Kernel
import Postgres
package import RPC
import SwiftProtobuf

extension IdentityService {
    /// The caller's account, roles and permissions.
    package func getMe(_ request: GetMeRequest, _ call: CallContext) async throws -> User {
        let principal = try call.principal
        let user = try await self.database.first(selectUser, [.uuid(principal.userID)]) { row in
            var user = User()
            user.userID = principal.userID.text
            user.email = try row.text(0)
            user.createdAt = Google_Protobuf_Timestamp(microsecond: try row.date(1))
            user.roles = try row.texts(2)
            user.permissions = principal.grants.listing
            return user
        }
        guard let user else { throw Status.notFound("user", principal.userID.text) }
        return user
    }
}

private let selectUser = Statement(
    """
    SELECT u.email, u.created_at,
           array(SELECT r.name FROM user_role ur JOIN role r ON r.id = ur.role_id WHERE ur.user_id = u.id ORDER BY r.name)
    FROM user_account u WHERE u.id = $1::uuid
    """
)
