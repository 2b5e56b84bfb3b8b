package import Contract
import Kernel
package import RPC
import SwiftProtobuf

extension CreditsService {
    /// Whether a user could pay so much now.
    package func checkCredits(_ request: CheckCreditsRequest, _ call: CallContext) async throws -> CheckCreditsResponse
    {
        let userID = try call.subject("user_id", request.userID)
        let credits = try CreditAmount(field: "credits", request.credits, in: .positive)
        let state = try await self.account(of: userID)
        return .with {
            $0.sufficient = credits <= state.available
            $0.balance = Balance(userID, state)
        }
    }
}
