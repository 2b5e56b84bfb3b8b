package import Contract
import Kernel
package import RPC

/// Guards every method of a server by its policy: who calls, whether the caller may, and how often.
package struct Access: Sendable {
    /// A method that nobody has said who may call. It stops the start.
    package struct NoPolicy: Error, CustomStringConvertible {
        let method: String
        let problem: String

        package var description: String { "\(self.method): \(self.problem)" }
    }

    private let identity: IdentityService
    private let limiter: RateLimiter
    private let policies: [MethodDescriptor: Policy]

    /// `policies` is the table of all methods; by default the contract's.
    package init(
        _ identity: IdentityService,
        limiter: RateLimiter,
        policies: [(method: MethodDescriptor, policy: Policy)] = ContractMethods.all
    ) {
        self.identity = identity
        self.limiter = limiter
        self.policies = Dictionary(policies.map { ($0.method, $0.policy) }) { _, last in last }
    }

    /// The guard of one method.
    ///
    /// - Throws: ``NoPolicy``.
    package func interceptor(for method: MethodDescriptor) throws -> any ServerInterceptor {
        guard let policy = self.policies[method] else { throw NoPolicy(method: method.path, problem: "no policy") }
        return AccessInterceptor(
            identity: self.identity,
            limiter: self.limiter,
            rule: try Self.rule(of: policy, method),
            subjectField: policy.permission.subjectField,
            rate: Self.rate(of: policy, method),
            isAudited: policy.audit
        )
    }

    private static func rule(of policy: Policy, _ method: MethodDescriptor) throws -> AccessRule {
        switch policy.access {
        case .public:
            return .open
        case .permission(let permission):
            guard let narrowest = GrantScope(permission.scope), !permission.resource.isEmpty, !permission.action.isEmpty
            else { throw NoPolicy(method: method.path, problem: "the permission lacks resource, action or scope") }
            return .needs(resource: permission.resource, action: permission.action, narrowest: narrowest)
        case nil:
            throw NoPolicy(method: method.path, problem: "the policy is neither public nor a permission")
        }
    }

    private static func rate(of policy: Policy, _ method: MethodDescriptor) -> RateClass {
        guard policy.rate == .unspecified else { return policy.rate }
        return method.safety == .query ? .read : .write
    }
}

extension GrantScope {
    fileprivate init?(_ scope: Scope) {
        switch scope {
        case .any: self = .any
        case .team: self = .team
        case .self_: self = .self
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }
}
