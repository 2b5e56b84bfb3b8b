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
            self.fields[.retryAfter] = String(max(1, Int((delay / .seconds(1)).rounded(.up))))
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
    /// Names the field, parameter or header at fault and, to be read behind its name, what is wrong with it.
    static func invalid(_ field: String, _ description: String) -> ErrorAnswer {
        let violation = Google_Rpc_BadRequest.FieldViolation.with {
            $0.field = field
            $0.description_p = description
            $0.reason = "INVALID_FIELD"
        }
        return .refusal(
            .badRequest,
            .invalidArgument,
            "\(field) \(description)",
            details: [Google_Rpc_BadRequest.with { $0.fieldViolations = [violation] }]
        )
    }

    static let malformedJSON = refusal(.badRequest, .invalidArgument, "The body is not the JSON of this request.")
    static let malformedEscape = refusal(.badRequest, .invalidArgument, "The URL has a malformed percent escape.")
    static let unknownPath = refusal(.notFound, .notFound, "There is no such path; /openapi.json lists them.")

    static let unsupportedContentType = refusal(
        .unsupportedMediaType,
        .invalidArgument,
        "The body must be JSON without Content-Encoding, sent with Content-Type: application/json."
    )

    static func wrongMethod(allowed: [HTTPRequest.Method]) -> ErrorAnswer {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        var answer = self.refusal(.methodNotAllowed, .unimplemented, "This path takes \(names) only.")
        answer.fields[.allow] = names
        return answer
    }

    static func notAcceptable(_ offers: [MediaType]) -> ErrorAnswer {
        let names = offers.map(\.rawValue).joined(separator: ", ")
        return self.refusal(.notAcceptable, .invalidArgument, "This path answers with \(names) only.")
    }

    /// RESOURCE_EXHAUSTED like any size limit, but as 413, which HTTP clients and proxies know and do not retry.
    static func tooLarge(_ limit: Int) -> ErrorAnswer {
        self.refusal(.contentTooLarge, .resourceExhausted, "The body is above the limit of \(limit) bytes.")
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
