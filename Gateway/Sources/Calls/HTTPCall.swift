import HTTPTypes
import HummingbirdCore
import NIOCore
import RPC
import SwiftProtobuf

/// One HTTP request that has found its route.
struct HTTPCall: Sendable {
    /// The bounds of a call.
    struct Limits: Sendable {
        /// Bytes of a request body.
        var body = 1 << 20
        /// How long a unary call may take if the caller says nothing.
        var unaryTimeout = Duration.seconds(30)
        /// How long a stream may take if the caller says nothing.
        var streamTimeout = Duration.seconds(600)
    }

    let request: HummingbirdCore.Request
    let pathFields: [NamedText]
    /// What the RPC call sends along.
    let metadata: Metadata
    let limits: Limits
    let hangUp: HangUp
    let reply: Reply

    /// Whether an EventSource connects again and expects the events since the last one it saw.
    var wantsToResume: Bool { self.request.headers[.lastEventID] != nil }

    /// The media type that the caller prefers among those on offer.
    func accepted(of offers: [MediaType]) throws -> MediaType {
        guard let choice = Accept(self.request.headers[.accept]).best(of: offers) else {
            throw ErrorAnswer.notAcceptable(offers)
        }
        return choice
    }

    /// The parameters of the query, decoded.
    func queryFields() throws -> [NamedText] {
        do {
            return try NamedText.query(self.request.uri.query ?? "")
        } catch {
            throw ErrorAnswer.malformedEscape
        }
    }

    /// What to send along and how long to wait; `timeout` holds if the caller names none.
    func options(timeout: Duration) throws -> CallOptions {
        CallOptions(metadata: self.metadata, timeout: try RequestedTimeout.read(self.request.headers) ?? timeout)
    }

    /// The message that the body holds as JSON; an empty body is an empty message.
    func bodyMessage<Body: Message>(_ type: Body.Type) async throws -> Body {
        let bytes = try await self.bodyBytes()
        guard !bytes.isEmpty else { return Body() }
        guard MediaType.json.isNamed(by: self.request.headers[.contentType]) else {
            throw ErrorAnswer.unsupportedContentType
        }
        return try MessageJSON.decode(bytes)
    }

    private func bodyBytes() async throws -> [UInt8] {
        let headers = self.request.headers
        guard headers[.contentEncoding].map({ $0.lowercased() == "identity" }) ?? true else {
            throw ErrorAnswer.unsupportedContentType
        }
        guard headers[.contentLength].flatMap(Int.init) ?? 0 <= self.limits.body else {
            throw ErrorAnswer.tooLarge(self.limits.body)
        }
        if headers[.expect]?.lowercased() == "100-continue" { try await self.reply.askForBody() }
        do {
            return Array(try await self.request.body.collect(upTo: self.limits.body).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw ErrorAnswer.tooLarge(self.limits.body)
        }
    }
}

extension HTTPField.Name {
    /// Says which event of a stream the client saw last.
    static let lastEventID = HTTPField.Name.known("Last-Event-ID")
}
