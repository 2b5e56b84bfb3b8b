package import Metrics

/// Counts and times the calls of one method that a server serves: `rpc_server_started`, `rpc_server_ended` by status and
/// `rpc_server_duration`, each by method.
package final class CallMetrics: ImmediateServerInterceptor {
    private let metrics: MethodMetrics

    /// Makes the interceptor of one method.
    package init(for method: MethodDescriptor, factory: any MetricsFactory = MetricsSystem.factory) {
        self.metrics = MethodMetrics(.server, method, factory: factory)
    }

    package func beforeAtOnce(_ call: CallContext, subject: String?) throws {
        self.metrics.began()
    }

    package func after(_ call: CallContext, _ status: Status?, elapsed: Duration) {
        self.metrics.ended(status, elapsed: elapsed)
    }
}
