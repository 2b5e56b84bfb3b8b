import RPC

/// Admits whoever presents a known token and may call the method: the shape of the hub's access rules, without its
/// database. As there, a connection keeps what was found out about the token that it presents.
final class TokenGuard: ServerInterceptor {
    /// Who calls, for the handler.
    final class Caller: Sendable {
        let name: String
        let permissions: Set<String>

        init(name: String, permissions: Set<String>) {
            self.name = name
            self.permissions = permissions
        }
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
        guard let credential = call.credential, let caller = Self.caller(of: credential) else {
            throw Status(.unauthenticated, "The call has no known token.", reason: "TOKEN_INVALID")
        }
        guard caller.permissions.contains(self.permission), subject?.isEmpty == false else {
            throw Status(.permissionDenied, "\(caller.name) may not do that.", reason: "FORBIDDEN")
        }
        call.identity = caller
    }

    private static func caller(of credential: Credential) -> Caller? {
        if let known = credential.finding as? Caller { return known }
        guard let caller = self.callers[credential.text] else { return nil }
        credential.finding = caller
        return caller
    }
}
