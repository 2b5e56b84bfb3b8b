internal import Metrics

/// What is counted and measured of one method on one side of the wire, by swift-metrics.
///
/// `rpc_<side>_started` and `rpc_<side>_ended` count calls, the latter by status; `rpc_<side>_duration` is their time to
/// the end: on a server from when the request was read, on a client from the first interceptor.
// A class: each call copies its interceptors several times.
final class MethodMetrics: Sendable {
    /// The side of the wire that measures.
    enum Side: String {
        case server, client
    }

    private let started: Counter
    private let succeeded: Counter
    /// By the number of the status.
    private let ended: [Counter]
    private let duration: Metrics.Timer

    init(_ side: Side, _ method: MethodDescriptor, factory: any MetricsFactory) {
        let dimensions = [("method", method.path)]
        self.started = Counter(label: "rpc_\(side)_started", dimensions: dimensions, factory: factory)
        let ended = Status.Code.allCases.map { code in
            Counter(label: "rpc_\(side)_ended", dimensions: dimensions + [("status", code.name)], factory: factory)
        }
        self.succeeded = ended[Status.Code.ok.rawValue]
        self.ended = ended
        self.duration = Metrics.Timer(label: "rpc_\(side)_duration", dimensions: dimensions, factory: factory)
    }

    func began() {
        self.started.increment()
    }

    func ended(_ status: Status?, elapsed: Duration) {
        if let status { self.ended[status.code.rawValue].increment() } else { self.succeeded.increment() }
        self.duration.recordNanoseconds(Int64(elapsed.attoseconds / 1_000_000_000))
    }
}
