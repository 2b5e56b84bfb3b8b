import Foundation
import Inference
import NIOHTTP1

/// What a response other than 200 means to us.
struct OpenAIRefusal {
    /// Codes of a 429 that no waiting heals: our account there is empty or capped.
    private static let stopCodes: Set = [
        "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded", "organization_usage_limit_exceeded",
    ]
    private static let waitCodes: Set = ["rate_limit_exceeded", "slow_down"]

    let status: Int
    let headers: HTTPHeaders
    let error: OpenAIError?

    init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.error = try? JSONDecoder().decode(OpenAIError.Body.self, from: Data(body)).error
    }

    var failure: ChatModelFailure {
        ChatModelFailure(
            self.phase,
            "HTTP \(self.status) \(self.error?.description ?? "without a readable error")",
            retryAfter: self.headers.retryAfter(),
            needsOperator: self.needsOperator
        )
    }

    private var phase: ChatModelFailure.Phase {
        switch self.status {
        case 409, 429, 503, 529: self.isFinal ? .permanent(status: self.status) : .refused(status: self.status)
        case 408, 500...: .ambiguous
        default: .permanent(status: self.status)
        }
    }

    private var isFinal: Bool { self.meansEmptyAccount || self.headers.first(name: "x-should-retry") == "false" }

    private var needsOperator: Bool { [401, 402, 403].contains(self.status) || self.meansEmptyAccount }

    /// The code decides, then the type.
    private var meansEmptyAccount: Bool {
        guard self.status == 429, let error = self.error else { return false }
        if let code = error.code, Self.waitCodes.contains(code) { return false }
        return [error.code, error.type].contains { $0.map(Self.stopCodes.contains) ?? false }
    }
}
