import Contract
import RPC
import SwiftProtobuf

extension FakeHub: IdentityCommandsService, IdentityQueriesService {
    func register(_ request: RegisterRequest, _ call: CallContext) async throws -> RegisterResponse {
        guard request.password.count >= 8 else {
            let violation = Google_Rpc_BadRequest.FieldViolation.with {
                $0.field = "password"
                $0.description_p = "must have at least 8 characters"
            }
            let details = Google_Rpc_BadRequest.with { $0.fieldViolations = [violation] }
            throw Status(.invalidArgument, "The request is invalid.", reason: "INVALID_FIELD", details: [details])
        }
        return RegisterResponse.with {
            $0.email = request.email
            $0.message = "You can sign in now."
        }
    }

    func login(_ request: LoginRequest, _ call: CallContext) async throws -> TokenPair {
        guard request.email == "ada@example.org", request.password == "correct horse" else {
            throw Status(.unauthenticated, "Wrong e-mail or password.", reason: "INVALID_CREDENTIALS")
        }
        return self.tokens()
    }

    func refresh(_ request: RefreshRequest, _ call: CallContext) async throws -> TokenPair {
        guard self.countRefresh(with: request.refreshToken) else {
            throw Status(.unauthenticated, "Used twice.", reason: "REFRESH_TOKEN_REUSED")
        }
        return self.tokens()
    }

    func logout(_ request: LogoutRequest, _ call: CallContext) async throws -> LogoutResponse {
        try self.authenticate(call)
        self.endSession()
        return LogoutResponse()
    }

    func getMe(_ request: GetMeRequest, _ call: CallContext) async throws -> User {
        try self.authenticate(call)
        return User.with {
            $0.userID = "0199-ada"
            $0.email = "ada@example.org"
            $0.roles = ["User"]
            $0.permissions = ["credits:read:self", "services:use:self"]
            $0.createdAt = Google_Protobuf_Timestamp(seconds: 1_800_000_000)
        }
    }
}
