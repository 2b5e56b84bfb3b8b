import HTTPTypes
import RPC
import SwiftProtobuf

/// A method of one request whose responses are the pieces of one text, answered with that text and nothing else.
struct TextRoute<Request: Message & Sendable, Response: Message & Sendable>: Route {
    let verb: HTTPRequest.Method
    let template: String
    private let method: Method<Request, Response>
    private let binding: RequestBinding<Request>
    private let mediaType: MediaType
    private let text: @Sendable (Response) -> String

    init(
        _ method: Method<Request, Response>,
        _ verb: HTTPRequest.Method,
        _ template: String,
        body: BodyRule,
        as mediaType: MediaType,
        text: @escaping @Sendable (Response) -> String,
        bind: @escaping RequestBinding<Request>.Setter
    ) {
        self.method = method
        self.verb = verb
        self.template = template
        self.binding = RequestBinding(body: body, set: bind)
        self.mediaType = mediaType
        self.text = text
    }

    func answer(_ call: HTTPCall, through client: Client, to reply: Reply) async throws {
        _ = try call.accepted(of: [self.mediaType])
        let request = try await self.binding.request(from: call)
        let options = try call.options(timeout: call.limits.streamTimeout)
        try await call.hangUp.cancelling { [method] in
            try await client.serverStreaming(method, request, options) { responses in
                try await self.pass(responses, to: reply)
            }
        }
    }

    /// Writes each piece when it comes. A failure on the way breaks the connection: the text itself cannot say that it is
    /// not whole.
    private func pass(_ responses: ResponseSequence<Response>, to reply: Reply) async throws {
        var iterator = responses.makeAsyncIterator()
        var next = try await iterator.next()
        try await reply.begin(self.mediaType)
        while let response = next {
            try await reply.write(Array(self.text(response).utf8))
            next = try await iterator.next()
        }
        try await reply.finish()
    }
}
