import HTTPTypes
import RPC

@testable import hub_gateway

/// A route that is only looked up.
struct NamedRoute: Route {
    let verb: HTTPRequest.Method
    let template: String

    init(_ verb: HTTPRequest.Method, _ template: String) {
        self.verb = verb
        self.template = template
    }

    func answer(_ call: HTTPCall, through client: Client, to reply: Reply) async throws {}
}

extension RouteTable {
    /// The template of the route that a path leads to; nil if there is none for this method.
    func template(_ verb: HTTPRequest.Method, _ path: String) throws -> String? {
        guard case .found(let match) = try self.find(verb, path) else { return nil }
        return match.route.template
    }
}
