import Contract
import Foundation
import Kernel
import RPC
import Testing

/// Who may call what, method by method and role by role.
@Suite struct RolesTests {
    /// About whom a call is: nobody named, the caller, somebody else.
    private struct Passes: Equatable {
        let unnamed: Bool, own: Bool, other: Bool

        static let all = Passes(unnamed: true, own: true, other: true)
        static let own = Passes(unnamed: true, own: true, other: false)
        static let none = Passes(unnamed: false, own: false, other: false)
    }

    private static let roles = ["SuperAdmin", "Admin", "Manager", "User", "Guest"]
    private static let expected: [String: [Passes]] = [
        CreditCommands.placeHold.descriptor.path: [.all, .all, .none, .none, .none],
        CreditCommands.settleHold.descriptor.path: [.all, .all, .none, .none, .none],
        CreditCommands.releaseHold.descriptor.path: [.all, .all, .none, .none, .none],
        CreditCommands.extendHold.descriptor.path: [.all, .all, .none, .none, .none],
        CreditCommands.deductCredits.descriptor.path: [.all, .all, .none, .none, .none],
        CreditCommands.adjustCredits.descriptor.path: [.all, .all, .none, .none, .none],
        CreditCommands.createPromoCode.descriptor.path: [.all, .all, .none, .none, .none],
        CreditCommands.updatePromoCode.descriptor.path: [.all, .all, .none, .none, .none],
        CreditCommands.redeemPromoCode.descriptor.path: [.all, .all, .own, .own, .own],
        CreditQueries.listPromoCodes.descriptor.path: [.all, .all, .none, .none, .none],
        CreditCommands.stageBulkFile.descriptor.path: [.all, .all, .none, .none, .none],
        CreditCommands.bulkAdjustCredits.descriptor.path: [.all, .all, .none, .none, .none],
        CreditQueries.listCreditAudit.descriptor.path: [.all, .all, .none, .none, .none],
        CreditQueries.getBalance.descriptor.path: [.all, .all, .own, .own, .own],
        CreditQueries.checkCredits.descriptor.path: [.all, .all, .own, .own, .own],
        CreditQueries.listTransactions.descriptor.path: [.all, .all, .own, .own, .own],
        CreditQueries.verifyLedger.descriptor.path: [.all, .all, .none, .none, .none],
        CreditQueries.getHouseAccounts.descriptor.path: [.all, .all, .none, .none, .none],
        CreditQueries.getCreditReport.descriptor.path: [.all, .all, .none, .none, .none],
        CreditQueries.exportCreditReport.descriptor.path: [.all, .all, .none, .none, .none],
        IdentityCommands.register.descriptor.path: [.all, .all, .all, .all, .all],
        IdentityCommands.login.descriptor.path: [.all, .all, .all, .all, .all],
        IdentityCommands.refresh.descriptor.path: [.all, .all, .all, .all, .all],
        IdentityCommands.logout.descriptor.path: [.all, .all, .own, .own, .own],
        IdentityQueries.getMe.descriptor.path: [.all, .all, .own, .own, .own],
        InferenceCommands.chat.descriptor.path: [.all, .own, .own, .own, .own],
        InferenceQueries.listModels.descriptor.path: [.all, .own, .own, .own, .own],
        Health.check.descriptor.path: [.all, .all, .all, .all, .all],
        Health.watch.descriptor.path: [.all, .all, .all, .all, .all],
        ServerReflection.serverReflectionInfo.descriptor.path: [.all, .own, .own, .own, .own],
    ]

    @Test func `the table below speaks of every method`() {
        #expect(Set(Self.expected.keys) == Set(ContractMethods.all.map(\.method.path)))
    }

    @Test(arguments: Array(roles.enumerated()))
    func `a role may call what the table says and nothing else`(number: Int, role: String) async throws {
        try await withHub { hub in
            let access = hub.access()
            let token = try await hub.newcomer(role: role).accessToken
            let own = try await access.admit(IdentityQueries.getMe.descriptor, token).principal.userID

            for (method, _) in ContractMethods.all {
                let passes = Passes(
                    unnamed: try await self.passes(access, method, token, nil),
                    own: try await self.passes(access, method, token, own.uuidString),
                    other: try await self.passes(access, method, token, UUID().uuidString)
                )
                #expect(passes == Self.expected[method.path]?[number], "\(role) calls \(method.path)")
            }
        }
    }

    @Test func `nobody calls a method that is not public without a token`() async throws {
        try await withHub { hub in
            for (method, policy) in ContractMethods.all where policy.access != .public(Public()) {
                let status = try await refusal { try await hub.access().admit(method) }

                #expect(status.code == .unauthenticated && status.reason == "TOKEN_MISSING", "\(method.path)")
            }
        }
    }

    private func passes(
        _ access: Guarded,
        _ method: MethodDescriptor,
        _ token: String,
        _ subject: String?
    ) async throws -> Bool {
        do {
            try await access.admit(method, token, about: subject)
            return true
        } catch let status as Status where status.code == .permissionDenied && status.reason == "FORBIDDEN" {
            return false
        }
    }
}
