import Kernel
import Testing

@Suite struct GrantsTests {
    @Test func `what is not granted is refused`() {
        #expect(Grants().scope(of: "credits", "adjust") == nil)
    }

    @Test(arguments: [[GrantScope.any, .self], [.self, .any], [.team, .any, .self]])
    func `the widest of several grants counts, in any order`(scopes: [GrantScope]) {
        var grants = Grants()

        for scope in scopes { grants.add("credits", "read", scope) }

        #expect(grants.scope(of: "credits", "read") == .any)
    }

    @Test func `the listing is in alphabetical order`() {
        var grants = Grants()
        grants.add("users", "read", .self)
        grants.add("credits", "read", .team)

        #expect(grants.listing == ["credits:read:team", "users:read:self"])
    }
}
