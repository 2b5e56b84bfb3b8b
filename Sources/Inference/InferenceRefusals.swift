import Credits
import Foundation
import Kernel
import RPC
import SwiftProtobuf

extension Status {
    /// The provider did not answer. Its own words stay in the log.
    static func providerUnavailable(
        _ message: String,
        metadata: [String: String] = [:],
        retryAfter: Duration? = nil
    ) -> Status {
        let retry = retryAfter.map { delay in
            Google_Rpc_RetryInfo.with { $0.retryDelay = Google_Protobuf_Duration(rounding: delay) }
        }
        return .hub(
            .unavailable,
            "PROVIDER_UNAVAILABLE",
            message,
            metadata: metadata,
            details: retry.map { [$0] } ?? []
        )
    }

    /// What the caller of a chat that was not completed is told.
    init(of ending: ChatEnding, charged: CreditAmount = .zero) {
        let metadata = ["credits_charged": charged.description]
        switch ending {
        case .failed(let failure):
            if case .permanent(let code) = failure.phase, code == 400 || code == 413 || code == 422 {
                self = .hub(
                    .invalidArgument,
                    "REFUSED_BY_PROVIDER",
                    "The provider does not accept this request; shorten the conversation or change its options.",
                    metadata: metadata
                )
            } else {
                let message =
                    charged > .zero
                    ? "The provider broke off; what it had answered is charged."
                    : "The provider did not answer; nothing is charged. Try again with a fresh request_id."
                self = .providerUnavailable(message, metadata: metadata, retryAfter: failure.retryAfter)
            }
        case .unsent:
            self = .hub(.cancelled, "CANCELLED", "The call was cancelled; nothing is charged.", metadata: metadata)
        case .abandoned, .completed:
            self = .hub(
                .cancelled,
                "CANCELLED",
                "The call was cancelled; what was used is charged.",
                metadata: metadata
            )
        }
    }
}
