package import Contract
import Kernel
import Postgres
package import RPC

extension IdentityService {
    /// Ends the caller's session. Every call reads the session's row, so it is over on all nodes at once.
    package func logout(_ request: LogoutRequest, _ call: CallContext) async throws -> LogoutResponse {
        let principal = try call.principal
        let requestID = call.requestID
        try await self.database.write { transaction in
            try transaction.endSession(principal.sessionID, of: principal.userID, .logout, requestID: requestID)
        }
        return LogoutResponse()
    }
}
