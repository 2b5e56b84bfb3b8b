import RPC

/// Admits whoever presents a known token and may call the method: the shape of the hub's access rules, without its
/// database.
final class TokenGuard: ServerInterceptor {
    /// Who calls, for the handler.
    struct Caller: Sendable {
        let name: String
        let permissions: Set<String>
    }

    private static let callers = [
        "Bearer 0123456789abcdefghijklmnopqrstuvwxyzABCDEFG": Caller(
            name: "load",
            permissions: ["bench.Echo/Echo", "bench.Echo/Stream", "bench.Echo/Hold"]
        )
    ]

    private let permission: String

    init(_ method: MethodDescriptor) {
        self.permission = method.path
    }

    func before(_ call: CallContext, subject: String?) async throws {
        guard let presented = call.metadata["authorization"], let caller = Self.callers[presented] else {
            throw Status(.unauthenticated, "The call has no known token.", reason: "TOKEN_INVALID")
        }
        guard caller.permissions.contains(self.permission), subject?.isEmpty == false else {
            throw Status(.permissionDenied, "\(caller.name) may not do that.", reason: "FORBIDDEN")
        }
        call.identity = caller
    }
}
