import Foundation
import Kernel
import Testing

@testable import Identity

@Suite struct AccessRuleTests {
    private let caller = UUID()

    /// The scope granted, the narrowest that can be enough, and whether it passes about: nobody, the caller, another.
    @Test(arguments: [
        (GrantScope.any, GrantScope.any, [true, true, true]), (.any, .team, [true, true, true]),
        (.any, .self, [true, true, true]), (.team, .any, [false, false, false]), (.team, .team, [true, true, false]),
        (.team, .self, [true, true, false]), (.self, .any, [false, false, false]),
        (.self, .team, [false, false, false]),
        (.self, .self, [true, true, false]),
    ])
    func `compares what is granted with what is needed`(granted: GrantScope, narrowest: GrantScope, passes: [Bool]) {
        var grants = Grants()
        grants.add("credits", "read", granted)
        let principal = Principal(userID: self.caller, sessionID: UUID(), grants: grants)
        let rule = AccessRule.needs(resource: "credits", action: "read", narrowest: narrowest)

        let results = [nil, self.caller, UUID()].map { rule.allows(principal, about: $0) }

        #expect(results == passes)
    }

    @Test func `nothing is allowed that is not granted`() {
        let principal = Principal(userID: self.caller, sessionID: UUID(), grants: Grants())
        let rule = AccessRule.needs(resource: "credits", action: "read", narrowest: .self)

        #expect(!rule.allows(principal, about: nil))
        #expect(AccessRule.open.allows(principal, about: UUID()))
    }
}
