/// Makes each call a hop of the trace that its caller is in, or the first of a new one.
///
/// The handler's task has it as ``TraceContext/current``, and so every log line of the call and every call made from it.
package final class CallTrace: ImmediateServerInterceptor {
    private static let parentKey = KeyFilter(of: TraceContext.parentKey)

    /// Makes the interceptor. It belongs before all others, which then log with the trace.
    package init() {}

    package func beforeAtOnce(_ call: CallContext, subject: String?) throws {
        guard call.head.metadata.keys.mayHold(Self.parentKey) else { return call.trace = .root() }
        let parents = call.metadata.values(for: TraceContext.parentKey)
        if parents.isEmpty { return call.trace = .root() }
        call.trace = .continuing(traceparent: parents, tracestate: call.metadata.values(for: TraceContext.stateKey))
    }
}
