package import Metrics
internal import Synchronization

/// Counts and times the calls that a client makes: `rpc_client_started`, `rpc_client_ended` by status and
/// `rpc_client_duration`, each by method.
package final class ClientCallMetrics: ClientInterceptor {
    private let factory: any MetricsFactory
    /// Bounded by the number of methods there are.
    private let methods = Mutex<[MethodDescriptor: MethodMetrics]>([:])

    /// Makes the interceptor.
    package init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
    }

    package func before(_ call: inout OutgoingCall) async throws {
        self.metrics(of: call.method).began()
    }

    package func after(_ call: OutgoingCall, _ status: Status?, elapsed: Duration) {
        self.metrics(of: call.method).ended(status, elapsed: elapsed)
    }

    private func metrics(of method: MethodDescriptor) -> MethodMetrics {
        self.methods.withLock { methods in
            if let known = methods[method] { return known }
            let metrics = MethodMetrics(.client, method, factory: self.factory)
            methods[method] = metrics
            return metrics
        }
    }
}
