import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import RPC

/// Serves each HTTP request: finds its route, lets it answer, and answers itself when there is none or it fails.
struct Front: Sendable {
    private let routes: RouteTable
    private let client: Client
    private let limits: HTTPCall.Limits
    private let clientAddress: ClientAddress
    private let logger: Logger

    /// - Throws: for routes that contradict each other.
    init(
        routes: [any Route] = generatedRoutes,
        client: Client,
        limits: HTTPCall.Limits,
        trustedProxies: [AddressRange],
        logger: Logger
    ) throws {
        self.routes = try RouteTable(routes + [LivenessRoute(), ReadinessRoute(), OpenAPIRoute()])
        self.client = client
        self.limits = limits
        self.clientAddress = ClientAddress(trusted: trustedProxies)
        self.logger = logger
    }

    /// - Throws: when the connection can only be closed.
    func serve(
        _ request: HummingbirdCore.Request,
        _ writer: consuming ResponseWriter,
        _ channel: any Channel
    ) async throws {
        let requestID = RequestID.choose(request.headers[.requestID])
        let reply = Reply(writer, requestID: requestID, isHeadOnly: request.method == .head)
        let trace = TraceContext.continuing(
            traceparent: request.headers[values: .traceparent],
            tracestate: request.headers[values: .tracestate]
        )
        try await trace.asCurrent {
            try await self.serve(request, requestID, reply, channel)
        }
    }

    private func serve(
        _ request: HummingbirdCore.Request,
        _ requestID: String,
        _ reply: Reply,
        _ channel: any Channel
    ) async throws {
        let start = ContinuousClock.now
        defer { self.log(request, requestID, reply.status, start.duration(to: .now)) }
        do {
            try await self.route(request, requestID, reply, channel)
        } catch let error as ErrorAnswer where reply.status == nil {
            try await reply.send(error)
        } catch let status as Status where reply.status == nil {
            try await reply.send(ErrorAnswer(status))
        } catch is CancellationError where reply.status == nil {
            try await reply.send(ErrorAnswer(Status(.cancelled, "The call was cancelled.")))
        }
    }

    private func route(
        _ request: HummingbirdCore.Request,
        _ requestID: String,
        _ reply: Reply,
        _ channel: any Channel
    ) async throws {
        let match = try self.match(request)
        let address = self.clientAddress.find(
            peer: channel.remoteAddress?.ipAddress,
            forwardedFor: request.headers[.forwardedFor]
        )
        let call = HTTPCall(
            request: request,
            pathFields: match.fields,
            metadata: CallMetadata.make(from: request.headers, requestID: requestID, clientAddress: address),
            limits: self.limits,
            hangUp: try await channel.pipeline.handler(type: HangUp.self).get(),
            reply: reply
        )
        try await match.route.answer(call, through: self.client, to: reply)
    }

    private func match(_ request: HummingbirdCore.Request) throws -> RouteTable.Match {
        do {
            switch try self.routes.find(request.method, request.uri.path) {
            case .found(let match): return match
            case .wrongMethod(let allowed): throw ErrorAnswer.wrongMethod(allowed: allowed)
            case .unknownPath: throw ErrorAnswer.unknownPath
            }
        } catch is PercentEncoding.Malformed {
            throw ErrorAnswer.malformedEscape
        }
    }

    /// One line per request. Never the query, a header or a body: they can hold secrets.
    private func log(
        _ request: HummingbirdCore.Request,
        _ requestID: String,
        _ status: HTTPResponse.Status?,
        _ elapsed: Duration
    ) {
        self.logger.info(
            "request",
            metadata: [
                "request-id": "\(requestID)", "method": "\(request.method)", "path": "\(request.uri.path)",
                "status": "\(status?.code ?? 0)", "milliseconds": "\((elapsed / .microseconds(1)).rounded() / 1000)",
            ]
        )
    }
}

extension Reply {
    /// Answers with the status as JSON.
    func send(_ error: ErrorAnswer) async throws {
        try await self.send(error.httpStatus, .json, StatusJSON.encode(error.status), error.fields)
    }
}

extension HTTPField.Name {
    fileprivate static let forwardedFor = HTTPField.Name.known("X-Forwarded-For")
    fileprivate static let traceparent = HTTPField.Name.known(TraceContext.parentKey)
    fileprivate static let tracestate = HTTPField.Name.known(TraceContext.stateKey)
}
