/// A refusal as the provider words it.
struct APIError: Error, Encodable, Sendable {
    struct Body: Encodable, Sendable {
        let message: String
        let type: String
        @Nullable var param: String?
        @Nullable var code: String?
    }

    let error: Body
    let status: Int
    var retryAfter: String?
    /// A proxy before the provider answers in its own words.
    var plain = false

    enum CodingKeys: CodingKey { case error }

    init(_ status: Int, _ type: String, _ message: String, param: String? = nil, code: String? = nil) {
        self.error = Body(message: message, type: type, param: param, code: code)
        self.status = status
    }

    static func invalid(_ message: String, param: String?) -> APIError {
        APIError(400, "invalid_request_error", message, param: param)
    }

    static func noModel(_ id: String) -> APIError {
        let message = "The model `\(id)` does not exist or you do not have access to it."
        return APIError(404, "invalid_request_error", message, code: "model_not_found")
    }

    static let noKey = APIError(401, "invalid_request_error", "Incorrect API key provided.", code: "invalid_api_key")

    /// The refusal a script asks for.
    static func scripted(_ status: Int, _ script: Script) -> APIError {
        let message = "The stand-in was asked for status \(status)."
        let (type, code) = Self.names(of: status, code: script.code)
        var error = APIError(status, type, message, code: code)
        error.retryAfter = script.retryAfter
        error.plain = script.plain
        return error
    }

    private static func names(of status: Int, code: String?) -> (type: String, code: String?) {
        switch status {
        case 429 where code == nil || code == "rate_limit_exceeded" || code == "slow_down":
            ("requests", code ?? "rate_limit_exceeded")
        case 429: ("insufficient_quota", code)
        case 503: ("service_unavailable_error", code ?? "server_is_overloaded")
        case 500...: ("server_error", code)
        default: ("invalid_request_error", code)
        }
    }
}
