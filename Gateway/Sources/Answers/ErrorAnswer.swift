import HTTPTypes
import RPC
import SwiftProtobuf

/// An answer that is not what the caller asked for: a status of the hub, or a refusal of the gateway itself.
struct ErrorAnswer: Error {
    let httpStatus: HTTPResponse.Status
    let status: Status
    /// Header fields that say what the caller can do about it.
    var fields = HTTPFields()

    private init(_ httpStatus: HTTPResponse.Status, _ status: Status, _ fields: HTTPFields = [:]) {
        self.httpStatus = httpStatus
        self.status = status
        self.fields = fields
    }
}

// MARK: What the hub answered

extension ErrorAnswer {
    init(_ status: Status) {
        self.init(.init(status.code), status)
        if status.code == .unauthenticated { self.fields[.wwwAuthenticate] = #"Bearer realm="smart-ai-hub""# }
        if status.errorInfo?.reason == "INSUFFICIENT_CREDITS" {
            // 429 by the status table, but waiting does not help; OpenAI's and Anthropic's libraries heed this field.
            self.fields[.shouldRetry] = "false"
        } else if let delay = status.retryDelay {
            self.fields[.retryAfter] = String(max(1, delay.components.seconds + (delay.components.attoseconds > 0 ? 1 : 0)))
        }
    }
}

extension HTTPResponse.Status {
    /// The table of google.rpc.Code.
    init(_ code: Status.Code) {
        self =
            switch code {
            case .ok: .ok
            case .cancelled: .init(code: 499, reasonPhrase: "Client Closed Request")
            case .invalidArgument, .failedPrecondition, .outOfRange: .badRequest
            case .unauthenticated: .unauthorized
            case .permissionDenied: .forbidden
            case .notFound: .notFound
            case .alreadyExists, .aborted: .conflict
            case .resourceExhausted: .tooManyRequests
            case .unimplemented: .notImplemented
            case .unavailable: .serviceUnavailable
            case .deadlineExceeded: .gatewayTimeout
            case .unknown, .internal, .dataLoss: .internalServerError
            }
    }
}

extension HTTPField.Name {
    fileprivate static let shouldRetry = HTTPField.Name.known("X-Should-Retry")
}

// MARK: What the gateway refuses itself

extension ErrorAnswer {
    /// - Parameters:
    ///   - field: The field, parameter or header at fault.
    ///   - description: What is wrong with it, to be read behind its name.
    static func invalid(_ field: String, _ description: String) -> ErrorAnswer {
        let violation = Google_Rpc_BadRequest.FieldViolation.with {
            $0.field = field
            $0.description_p = description
        }
        return .refusal(
            .badRequest,
            .invalidArgument,
            "\(field) \(description)",
            details: [Google_Rpc_BadRequest.with { $0.fieldViolations = [violation] }]
        )
    }

    static let malformedJSON = refusal(.badRequest, .invalidArgument, "the body is not the JSON of this request")
    static let malformedEscape = refusal(.badRequest, .invalidArgument, "the URL has a malformed percent escape")
    static let unknownPath = refusal(.notFound, .notFound, "there is no such path; see /openapi.json")

    static let unsupportedContentType = refusal(
        .unsupportedMediaType,
        .invalidArgument,
        "the body must be uncompressed JSON with Content-Type: application/json"
    )

    static func wrongMethod(allowed: [HTTPRequest.Method]) -> ErrorAnswer {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        var answer = self.refusal(.methodNotAllowed, .unimplemented, "this path takes \(names) only")
        answer.fields[.allow] = names
        return answer
    }

    static func notAcceptable(_ offers: [MediaType]) -> ErrorAnswer {
        let names = offers.map(\.rawValue).joined(separator: ", ")
        return self.refusal(.notAcceptable, .invalidArgument, "this path answers with \(names) only")
    }

    /// RESOURCE_EXHAUSTED like any size limit, but as 413, which HTTP clients and proxies know and do not retry.
    static func tooLarge(_ limit: Int) -> ErrorAnswer {
        self.refusal(.contentTooLarge, .resourceExhausted, "the body is above the limit of \(limit) bytes")
    }

    private static func refusal(
        _ httpStatus: HTTPResponse.Status,
        _ code: Status.Code,
        _ message: String,
        details: [any Message] = []
    ) -> ErrorAnswer {
        let reason = "INVALID_REQUEST"
        let status = Status(code, message, reason: reason, domain: "smart-ai-hub", details: details)
        return ErrorAnswer(httpStatus, status)
    }
}
