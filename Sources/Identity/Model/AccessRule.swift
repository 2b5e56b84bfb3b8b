import Foundation
import Kernel

/// Who may call a method.
enum AccessRule: Sendable, Equatable {
    /// Anybody, without a token.
    case open
    /// Who holds the permission at least at that scope.
    case needs(resource: String, action: String, narrowest: GrantScope)

    /// Whether a signed-in caller may call the method about `subject`, or about nobody in particular.
    ///
    /// A team is only its holder as long as there are no teams.
    func allows(_ principal: Principal, about subject: UUID?) -> Bool {
        guard case .needs(let resource, let action, let narrowest) = self else { return true }
        guard let granted = principal.grants.scope(of: resource, action), granted <= narrowest else { return false }
        return granted == .any || subject == nil || subject == principal.userID
    }
}
