/// How far a grant reaches, widest first.
package enum GrantScope: Int, Sendable, Comparable {
    /// Everybody's.
    case any = 0
    /// Those of the members of the holder's team, and the holder's own.
    case team = 1
    /// The holder's own.
    case `self` = 2

    package static func < (left: GrantScope, right: GrantScope) -> Bool { left.rawValue < right.rawValue }

    /// The word used in listings.
    package var name: String {
        switch self {
        case .any: "any"
        case .team: "team"
        case .self: "self"
        }
    }
}

/// What roles allow: for each resource and action the widest scope granted. What is not in it is refused.
package struct Grants: Sendable, Equatable {
    private struct Permission: Hashable {
        let resource: String
        let action: String
    }

    private var scopes: [Permission: GrantScope] = [:]

    package init() {}

    /// Adds a grant; a wider one that is already there stays.
    package mutating func add(_ resource: String, _ action: String, _ scope: GrantScope) {
        let permission = Permission(resource: resource, action: action)
        self.scopes[permission] = min(scope, self.scopes[permission] ?? scope)
    }

    /// The widest scope granted, or `nil` when the action is not granted at all.
    package func scope(of resource: String, _ action: String) -> GrantScope? {
        self.scopes[Permission(resource: resource, action: action)]
    }

    /// Every grant as `resource:action:scope`, in alphabetical order.
    package var listing: [String] {
        self.scopes.map { "\($0.key.resource):\($0.key.action):\($0.value.name)" }.sorted()
    }
}
