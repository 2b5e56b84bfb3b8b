package import Logging

/// Logs the end of every call that a client makes: failures at debug level, the rest at trace level. Who calls knows
/// better whether a failure matters.
package struct ClientCallLog: ClientInterceptor {
    private let logger: Logger

    /// Makes the interceptor.
    package init(_ logger: Logger) {
        self.logger = logger
    }

    package func after(_ call: OutgoingCall, _ status: Status?, elapsed: Duration) {
        self.logger.log(
            level: status == nil ? .trace : .debug,
            "Call made",
            metadata: [
                "method": "\(call.method.path)",
                "request-id": "\(call.metadata["x-request-id"] ?? "")",
                "status": "\((status?.code ?? .ok).name)",
                "elapsed": "\(elapsed)",
            ]
        )
    }
}
