import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix

/// A client's connection to the gateway: requests one after the other, answers as they come.
struct HTTPConnection {
    /// An answer that has been read to its end.
    struct Answer: Sendable {
        let head: HTTPResponse
        let body: String
    }

    struct Ended: Error {}

    private var inbound: NIOAsyncChannelInboundStream<HTTPResponsePart>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<HTTPRequestPart>

    /// Runs `body` on a connection, and closes that.
    static func open<Value>(
        to port: Int,
        _ body: (inout HTTPConnection) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    let decoder = HTTPResponseDecoder(informationalResponseStrategy: .forward)
                    try pipeline.addHandlers(HTTPRequestEncoder(), ByteToMessageHandler(decoder))
                    try pipeline.addHandler(HTTP1ToHTTPClientCodec())
                    return try NIOAsyncChannel<HTTPResponsePart, HTTPRequestPart>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = HTTPConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&connection)
        }
    }

    /// Sends a request and reads the whole answer.
    mutating func ask(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: String? = nil
    ) async throws -> Answer {
        try await self.send(method, path, headers, body: body)
        return try await self.answer()
    }

    /// Reads the next answer to its end.
    mutating func answer() async throws -> Answer {
        let head = try await self.head()
        var text = ""
        while let piece = try await self.piece() { text += piece }
        return Answer(head: head, body: text)
    }

    /// Sends a request. A body is JSON unless the headers say otherwise.
    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: String? = nil
    ) async throws {
        var head = HTTPRequest(method: method, scheme: "http", authority: "hub", path: path, headerFields: headers)
        guard let body else { return try await self.outbound.write(contentsOf: [.head(head), .end(nil)]) }
        if headers[.contentType] == nil { head.headerFields[.contentType] = "application/json" }
        head.headerFields[.contentLength] = String(body.utf8.count)
        try await self.outbound.write(contentsOf: [.head(head), .body(ByteBuffer(string: body)), .end(nil)])
    }

    /// Sends a request whose body, JSON, comes in pieces and without its length.
    func send(_ method: HTTPRequest.Method, _ path: String, pieces: [String]) async throws {
        var head = HTTPRequest(method: method, scheme: "http", authority: "hub", path: path)
        head.headerFields[.contentType] = "application/json"
        head.headerFields[.transferEncoding] = "chunked"
        let body = pieces.map { HTTPRequestPart.body(ByteBuffer(string: $0)) }
        try await self.outbound.write(contentsOf: [.head(head)] + body + [.end(nil)])
    }

    /// The head of the next answer.
    mutating func head() async throws -> HTTPResponse {
        guard case .head(let head)? = try await self.inbound.next(isolation: nil) else { throw Ended() }
        return head
    }

    /// The next piece of the answer's body; nil at its end.
    mutating func piece() async throws -> String? {
        switch try await self.inbound.next(isolation: nil) {
        case .body(let bytes)?: String(buffer: bytes)
        case .end?: nil
        default: throw Ended()
        }
    }
}
