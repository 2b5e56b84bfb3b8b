import Contract
import HTTPTypes
import RPC

/// Says that the process lives.
struct LivenessRoute: Route {
    let verb = HTTPRequest.Method.get
    let template = "/healthz"

    func answer(_ call: HTTPCall, through client: Client, to reply: Reply) async throws {
        try await reply.send(.ok, .json, Array(#"{"status":"ok"}"#.utf8))
    }
}

/// Says whether calls can be served: whether the hub answers.
struct ReadinessRoute: Route {
    let verb = HTTPRequest.Method.get
    let template = "/readyz"

    func answer(_ call: HTTPCall, through client: Client, to reply: Reply) async throws {
        do {
            // The hub refuses this before it looks at any data; a refusal is as good a sign of life as an answer.
            _ = try await client.unary(IdentityQueries.getMe, GetMeRequest(), CallOptions(timeout: .seconds(2)))
        } catch let status as Status where status.code == .unavailable || status.code == .deadlineExceeded {
            throw ErrorAnswer(Status(.unavailable, "The hub does not answer.", reason: "HUB_UNREACHABLE"))
        } catch is Status {}
        try await reply.send(.ok, .json, Array(#"{"status":"ready"}"#.utf8))
    }
}

/// Hands out the OpenAPI document of the contract.
struct OpenAPIRoute: Route {
    let verb = HTTPRequest.Method.get
    let template = "/openapi.json"

    func answer(_ call: HTTPCall, through client: Client, to reply: Reply) async throws {
        try await reply.send(.ok, .json, PackageResources.openapi_json)
    }
}
