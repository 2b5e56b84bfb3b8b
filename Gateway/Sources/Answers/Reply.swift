import HTTPTypes
import HummingbirdCore
import NIOCore

/// Writes the answer to one request: a whole one, or a head and then piece after piece.
///
/// `@unchecked Sendable`: the task that serves the request owns it. While a child task writes a stream, its parent only
/// waits for that task to end.
final class Reply: @unchecked Sendable {
    /// Until the head is written.
    private var writer: ResponseWriter?
    /// From the head of a stream to its end.
    private var body: (any ResponseBodyWriter)?
    private let requestID: String
    /// A HEAD request is answered with the head that GET would get.
    private let isHeadOnly: Bool
    /// What the head said; nil until it is written.
    private(set) var status: HTTPResponse.Status?

    init(_ writer: consuming ResponseWriter, requestID: String, isHeadOnly: Bool) {
        self.writer = consume writer
        self.requestID = requestID
        self.isHeadOnly = isHeadOnly
    }

    /// Tells a client that waits before sending the body to go on.
    func askForBody() async throws {
        try await self.writer?.writeInformationalHead(HTTPResponse(status: .continue))
    }

    /// Answers with one body.
    func send(
        _ status: HTTPResponse.Status,
        _ type: MediaType,
        _ bytes: [UInt8],
        _ fields: HTTPFields = [:]
    ) async throws {
        var head = self.head(status, type)
        head.headerFields.append(contentsOf: fields)
        head.headerFields[.contentLength] = String(bytes.count)
        let body = self.isHeadOnly ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        try await self.writer.take()?.write(response: head, body: body)
    }

    /// Answers 204.
    func sendNothing() async throws {
        try await self.writer.take()?.writeResponse(self.head(.noContent, nil))
    }

    /// Starts a stream.
    func begin(_ type: MediaType) async throws {
        var head = self.head(.ok, type)
        head.headerFields[.accelBuffering] = "no"
        self.body = try await self.writer.take()?.writeHead(head)
    }

    /// Writes and flushes one piece of a stream. Suspends while the client does not read.
    func write(_ bytes: [UInt8]) async throws {
        guard !self.isHeadOnly else { return }
        try await self.body?.write(ByteBuffer(bytes: bytes))
    }

    /// Ends a stream.
    func finish() async throws {
        try await self.body.take()?.finish(nil)
    }

    private func head(_ status: HTTPResponse.Status, _ type: MediaType?) -> HTTPResponse {
        self.status = status
        var head = HTTPResponse(status: status)
        head.headerFields[.date] = HTTPDate.now()
        head.headerFields[.requestID] = self.requestID
        head.headerFields[.cacheControl] = "no-store"
        head.headerFields[.contentTypeOptions] = "nosniff"
        head.headerFields[.contentType] = type?.rawValue
        return head
    }
}

extension HTTPField.Name {
    fileprivate static let contentTypeOptions = HTTPField.Name.known("X-Content-Type-Options")
    /// Tells nginx to pass each piece of a stream on at once.
    fileprivate static let accelBuffering = HTTPField.Name.known("X-Accel-Buffering")
}
