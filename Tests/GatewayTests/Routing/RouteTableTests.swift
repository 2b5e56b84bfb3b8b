import HTTPTypes
import Testing

@testable import hub_gateway

struct RouteTableTests {
    @Test(
        arguments: [
            ("/api/users/me", "/api/users/me"),
            ("/api/users/7", "/api/users/{user}"),
            ("/api/users/7/keys", "/api/users/{user}/keys"),
            ("/api/users/me/keys", "/api/users/{user}/keys"),
            ("/api/users/7/other", "/api/users/{rest=**}"),
            ("/api/users", "/api/users/{rest=**}"),
            ("/api/users/7:lock", "/api/users/{user}:lock"),
            ("/api/users/7:unknown", "/api/users/{user}"),
            ("/api/users/%6de", "/api/users/me"),
        ]
    )
    func `prefers a literal to a variable and a variable to the rest`(_ path: String, _ template: String) throws {
        let table = try RouteTable(
            [
                "/api/users/{rest=**}", "/api/users/{user}", "/api/users/{user}:lock", "/api/users/me",
                "/api/users/{user}/keys",
            ].map { NamedRoute(.get, $0) }
        )

        #expect(try table.template(.get, path) == template)
    }

    @Test(arguments: ["/", "/api", "/api/models/", "/api//models", "/API/models", "/api/models/x", "/api/v2/models"])
    func `knows no other path`(_ path: String) throws {
        let table = try RouteTable([NamedRoute(.get, "/api/models")])

        guard case .unknownPath = try table.find(.get, path) else { return #expect(Bool(false), "found \(path)") }
    }

    @Test func `an empty segment is no value of a variable`() throws {
        let table = try RouteTable([NamedRoute(.get, "/api/users/{user}")])

        #expect(try table.template(.get, "/api/users/") == nil)
    }

    @Test func `serves a path below api below its version too`() throws {
        let table = try RouteTable([NamedRoute(.get, "/api/models"), NamedRoute(.get, "/healthz")])

        #expect(try table.template(.get, "/api/v1/models") == "/api/models")
        #expect(try table.template(.get, "/api/v1/healthz") == nil)
    }

    @Test func `gives the values of the path`() throws {
        let table = try RouteTable([NamedRoute(.post, "/api/holds/{hold_id}/settle")])

        guard case .found(let match) = try table.find(.post, "/api/v1/holds/a%20b/settle") else {
            return #expect(Bool(false), "not found")
        }
        #expect(match.fields == [NamedText(name: "hold_id", text: "a b")])
    }

    @Test func `names the methods that a known path takes`() throws {
        let table = try RouteTable([NamedRoute(.post, "/api/keys"), NamedRoute(.get, "/api/{any}")])

        guard case .wrongMethod(let allowed) = try table.find(.delete, "/api/keys") else {
            return #expect(Bool(false), "found")
        }
        #expect(allowed == [.get, .post])
    }

    @Test func `looks up HEAD as GET`() throws {
        let table = try RouteTable([NamedRoute(.get, "/api/models")])

        #expect(try table.template(.head, "/api/models") == "/api/models")
    }

    @Test(arguments: [("/a/{b}", "/a/{c}"), ("/a/{b=*}", "/a/*"), ("/a", "/a"), ("/a/**", "/a/{b=**}")])
    func `refuses two routes that match the same paths`(_ first: String, _ second: String) {
        #expect(throws: RouteTable.Ambiguous.self) {
            try RouteTable([NamedRoute(.get, first), NamedRoute(.get, second)])
        }
    }

    @Test func `the routes of the contract do not contradict each other`() throws {
        #expect(throws: Never.self) { try RouteTable(generatedRoutes) }
    }
}
