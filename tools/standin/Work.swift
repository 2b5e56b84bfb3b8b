import Synchronization

/// What a provider would have billed, in total and by the caller's request id.
final class Work: Sendable {
    /// Figures of one request id, or of all.
    struct Figures: Encodable, Sendable {
        /// Requests that were worth an answer or a scripted refusal.
        var requests = 0
        /// Of these: refused, hence free.
        var refused = 0
        /// Of these: left by the caller before the end.
        var cancelled = 0
        /// Of these: still being answered.
        var open = 0
        var promptTokens = 0
        var completionTokens = 0

        enum CodingKeys: String, CodingKey {
            case requests, refused, cancelled, open
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
        }
    }

    struct Report: Encodable, Sendable {
        var total = Figures()
        var byRequestID: [String: Figures] = [:]

        enum CodingKeys: String, CodingKey {
            case total
            case byRequestID = "by_request_id"
        }
    }

    /// Most request ids remembered; those beyond count in the total only.
    private static let memory = 100_000

    private let state = Mutex(Report())

    var report: Report { self.state.withLock { $0 } }

    func figures(of requestID: String) -> Figures {
        self.state.withLock { $0.byRequestID[requestID] ?? Figures() }
    }

    /// Changes the figures of a request.
    ///
    /// - Returns: its figures now.
    @discardableResult
    func count(_ requestID: String, _ change: (inout Figures) -> Void) -> Figures {
        self.state.withLock { report in
            change(&report.total)
            guard report.byRequestID[requestID] != nil || report.byRequestID.count < Self.memory else {
                return Figures()
            }
            change(&report.byRequestID[requestID, default: Figures()])
            return report.byRequestID[requestID, default: Figures()]
        }
    }
}
