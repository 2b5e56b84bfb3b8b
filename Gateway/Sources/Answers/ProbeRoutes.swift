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

/// Says whether calls can be served: whether the hub answers, and says so of itself.
struct ReadinessRoute: Route {
    let verb = HTTPRequest.Method.get
    let template = "/readyz"

    func answer(_ call: HTTPCall, through client: Client, to reply: Reply) async throws {
        let health: Grpc_Health_V1_HealthCheckResponse
        do {
            health = try await HealthClient(client).check(.init(), CallOptions(timeout: .seconds(2)))
        } catch is Status {
            throw ErrorAnswer(Status(.unavailable, "The hub does not answer.", reason: "HUB_UNREACHABLE"))
        }
        guard health.status == .serving else {
            throw ErrorAnswer(Status(.unavailable, "The hub cannot serve at present.", reason: "HUB_NOT_SERVING"))
        }
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
