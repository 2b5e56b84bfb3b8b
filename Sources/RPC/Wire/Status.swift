package import SwiftProtobuf

/// How a call ended, other than well. Handlers throw it, clients receive it.
package struct Status: Error, Sendable, Equatable {
    /// What kind of failure it was.
    package var code: Code

    /// What went wrong, in English, for a developer. Holds no internals.
    package var message: String

    /// Packed messages that say more; by convention the first is an `ErrorInfo`.
    package var details: [Google_Protobuf_Any]

    /// Makes a status with details that are packed already.
    package init(_ code: Code, _ message: String, details: [Google_Protobuf_Any] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// Makes a status whose first detail is an `ErrorInfo`.
    ///
    /// - Parameters:
    ///   - code: What kind of failure it was.
    ///   - message: What went wrong, in English, for a developer.
    ///   - reason: The stable, machine-readable cause in UPPER_SNAKE_CASE, unique within `domain`.
    ///   - domain: Who defines `reason`.
    ///   - metadata: Facts about this occurrence.
    ///   - details: Further details, packed behind the `ErrorInfo`.
    package init(
        _ code: Code,
        _ message: String,
        reason: String,
        domain: String = "rpc",
        metadata: [String: String] = [:],
        details: [any Message] = []
    ) {
        let info = Google_Rpc_ErrorInfo.with {
            $0.reason = reason
            $0.domain = domain
            $0.metadata = metadata
        }
        // Packing fails for a missing required field only, which proto3 does not have.
        let packed = ([info] + details).compactMap { try? Google_Protobuf_Any(message: $0) }
        self.init(code, message, details: packed)
    }

    /// The first `ErrorInfo` among the details.
    package var errorInfo: Google_Rpc_ErrorInfo? {
        self.detail(Google_Rpc_ErrorInfo.self)
    }

    /// After which time the caller may try again, if the server said so.
    package var retryDelay: Duration? {
        guard let info = self.detail(Google_Rpc_RetryInfo.self), info.hasRetryDelay else { return nil }
        return .seconds(info.retryDelay.seconds) + .nanoseconds(Int64(info.retryDelay.nanos))
    }

    /// The first detail of a type; nil if there is none or it does not decode.
    package func detail<Detail: Message>(_ type: Detail.Type) -> Detail? {
        self.details.lazy.filter { $0.isA(type) }.compactMap { try? Detail(unpackingAny: $0) }.first
    }
}
