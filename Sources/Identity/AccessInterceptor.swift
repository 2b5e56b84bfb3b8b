import Contract
import Foundation
import Kernel
import Logging
import RPC

/// The guard of one method.
final class AccessInterceptor: ServerInterceptor {
    private let identity: IdentityService
    private let limiter: RateLimiter
    private let rule: AccessRule
    private let subjectField: String
    private let rate: RateClass
    private let isAudited: Bool

    init(
        identity: IdentityService,
        limiter: RateLimiter,
        rule: AccessRule,
        subjectField: String,
        rate: RateClass,
        isAudited: Bool
    ) {
        self.identity = identity
        self.limiter = limiter
        self.rule = rule
        self.subjectField = subjectField
        self.rate = rate
        self.isAudited = isAudited
    }

    func before(_ call: CallContext, subject: String?) async throws {
        guard case .needs(let resource, let action, _) = self.rule else {
            return try await self.limiter.admit("client:\(call.client.network)", to: self.rate)
        }
        let claims = try await self.identity.tokens.read(try call.presented)
        let counted = self.rate == .signIn ? "client:\(call.client.network)" : "user:\(claims.userID.text)"
        try await self.limiter.admit(counted, to: self.rate)
        let principal = try await self.identity.principal(of: claims)
        call.identity = principal

        let named = subject.flatMap { $0.isEmpty ? nil : $0 }
        let isAllowed = self.rule.allows(principal, about: try named.map { try UUID(field: self.subjectField, $0) })
        guard !isAllowed else { return }
        if self.isAudited {
            let facts = ["subject": named ?? principal.userID.text]
            try await self.identity.noteRefusedCall(call, "call.refused", actor: principal.userID, facts)
        }
        throw Status.forbidden(resource, action)
    }

    /// Refusals of audited methods are logged, also those of callers whom nobody knows.
    func after(_ call: CallContext, _ status: Status?, elapsed: Duration) {
        guard self.isAudited, let status else { return }
        let principal = call.identity as? Principal
        call.logger.notice(
            "refused",
            metadata: [
                "code": "\(status.code)", "reason": "\(status.errorInfo?.reason ?? "")",
                "client": "\(call.client.text)", "user": "\(principal?.userID.text ?? "")",
            ]
        )
    }
}

extension CallContext {
    /// What the caller presents as `authorization`.
    ///
    /// - Throws: `UNAUTHENTICATED` if there is nothing, or more than one value.
    fileprivate var presented: Credential {
        get throws {
            if let credential = self.credential { return credential }
            throw self.metadata["authorization"] == nil ? Status.tokenMissing : Status.tokenInvalid
        }
    }
}
