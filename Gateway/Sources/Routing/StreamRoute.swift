import HTTPTypes
import RPC
import SwiftProtobuf

/// A method of one request and many responses, answered with a stream of them in the format that the caller accepts.
struct StreamRoute<Request: Message & Sendable, Response: Message & Sendable>: Route {
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
        let mediaType = try call.accepted(of: [.jsonLines, .eventStream, .json])
        // No stream can be resumed; 204 tells a browser's EventSource to stop trying.
        if mediaType == .eventStream, call.wantsToResume { return try await reply.sendNothing() }
        let request = try await self.binding.request(from: call)
        let options = try call.options(timeout: call.limits.streamTimeout)
        try await call.hangUp.cancelling { [method] in
            try await client.serverStreaming(method, request, options) { responses in
                try await Self.pass(responses, as: mediaType, to: reply)
            }
        }
    }

    /// Writes each response when it comes. A slow client suspends the writing and so, in the end, the handler.
    private static func pass(
        _ responses: ResponseSequence<Response>,
        as mediaType: MediaType,
        to reply: Reply
    ) async throws {
        var framing = StreamFraming(mediaType)
        var iterator = responses.makeAsyncIterator()
        // The head waits for the first response: until then a failure is an ordinary error answer.
        var next = try await iterator.next()
        try await reply.begin(mediaType)
        var failure: Status?
        do {
            while let response = next {
                try await reply.write(framing.message(MessageJSON.encode(response)))
                next = try await iterator.next()
            }
        } catch let status as Status {
            failure = status
        }
        try await reply.write(framing.end(failure))
        try await reply.finish()
    }
}
