internal import Logging

/// Logs the end of every call: failures of the server as errors, the rest at debug level.
package final class CallLog: ImmediateServerInterceptor {
    /// Makes the interceptor.
    package init() {}

    /// Does nothing; calls are logged at their end.
    package func beforeAtOnce(_ call: CallContext, subject: String?) throws {}

    package func after(_ call: CallContext, _ status: Status?, elapsed: Duration) {
        let level: Logger.Level = status?.isFailureOfServer == true ? .error : .debug
        guard call.isLogged(at: level) else { return }
        call.logger.log(
            level: level,
            "Call ended",
            metadata: [
                "status": "\((status?.code ?? .ok).name)",
                "elapsed": "\(elapsed)",
            ]
        )
    }
}

extension Status {
    /// Whether somebody who runs the server should look into it.
    fileprivate var isFailureOfServer: Bool {
        switch self.code {
        case .unknown, .internal, .dataLoss: true
        default: false
        }
    }
}
