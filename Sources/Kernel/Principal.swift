package import Foundation
package import RPC

/// Who calls: the signed-in user, the session, and what the user's roles grant.
package final class Principal: Sendable {
    package let userID: UUID
    package let sessionID: UUID
    package let grants: Grants

    package init(userID: UUID, sessionID: UUID, grants: Grants) {
        self.userID = userID
        self.sessionID = sessionID
        self.grants = grants
    }
}

extension CallContext {
    /// Who calls. Set by the access interceptor before the handler runs.
    ///
    /// - Throws: `UNAUTHENTICATED` when nobody is signed in.
    package var principal: Principal {
        get throws(Status) {
            guard let principal = self.identity as? Principal else {
                throw .hub(.unauthenticated, "TOKEN_MISSING", "Sign in first: this method needs an access token.")
            }
            return principal
        }
    }

    /// The user that a request is about: the one it names, or the caller if it names none.
    ///
    /// - Throws: `INVALID_ARGUMENT` for a malformed id.
    package func subject(_ field: String, _ value: String) throws(Status) -> UUID {
        try value.isEmpty ? self.principal.userID : UUID(field: field, value)
    }
}
