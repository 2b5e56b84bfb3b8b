import Contract
import Foundation
import Identity
import Kernel
import RPC

/// Methods behind their guard, as a server runs them.
struct Guarded: Sendable {
    let hub: Hub
    let node: IdentityService
    let access: Access

    /// Who a token belongs to, through GetMe.
    @discardableResult
    func getMe(_ token: String?) async throws -> User {
        let call = try await self.admit(IdentityQueries.getMe.descriptor, token)
        return try await self.node.getMe(GetMeRequest(), call)
    }

    /// Signs out.
    func logout(_ token: String?) async throws {
        let call = try await self.admit(IdentityCommands.logout.descriptor, token)
        _ = try await self.node.logout(LogoutRequest(), call)
    }

    /// What the guard lets through to the handler.
    @discardableResult
    func admit(
        _ method: MethodDescriptor,
        _ token: String? = nil,
        about subject: String? = nil,
        from client: String? = nil
    ) async throws -> CallContext {
        let call = self.hub.call(method, from: client, token: token)
        try await self.access.interceptor(for: method).before(call, subject: subject)
        return call
    }
}

extension Hub {
    /// The guard of a node's methods.
    func access(
        on node: IdentityService? = nil,
        limits: RateLimits = .init(),
        policies: [(method: MethodDescriptor, policy: Policy)] = ContractMethods.all
    ) -> Guarded {
        let windows = RateWindows(redis: self.redis, logger: self.logger)
        let limiter = RateLimiter(windows, limits: limits)
        let node = node ?? self.node
        return Guarded(hub: self, node: node, access: Access(node, limiter: limiter, policies: policies))
    }
}
