import HTTPTypes
import RPC
import SwiftProtobuf

/// A method of one request and one response, answered with the response as JSON.
struct UnaryRoute<Request: Message & Sendable, Response: Message & Sendable>: Route {
    let verb: HTTPRequest.Method
    let template: String
    private let method: Method<Request, Response>
    private let binding: RequestBinding<Request>

    init(
        _ method: Method<Request, Response>,
        _ verb: HTTPRequest.Method,
        _ template: String,
        body: BodyRule,
        bind: @escaping RequestBinding<Request>.Setter
    ) {
        self.method = method
        self.verb = verb
        self.template = template
        self.binding = RequestBinding(body: body, set: bind)
    }

    func answer(_ call: HTTPCall, through client: Client, to reply: Reply) async throws {
        _ = try call.accepted(of: [.json])
        let request = try await self.binding.request(from: call)
        let options = try call.options(timeout: call.limits.unaryTimeout)
        let response = try await call.hangUp.cancelling { [method] in try await client.unary(method, request, options) }
        try await reply.send(.ok, .json, MessageJSON.encode(response))
    }
}
