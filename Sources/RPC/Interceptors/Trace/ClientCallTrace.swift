/// Sends along where the call stands in the trace of the current task; without one the call begins a trace.
package struct ClientCallTrace: ClientInterceptor {
    /// Makes the interceptor.
    package init() {}

    package func before(_ call: inout OutgoingCall) async throws {
        let hop = TraceContext.current?.next() ?? .root()
        call.metadata.replace(TraceContext.parentKey, with: hop.traceparent)
        if let state = hop.state { call.metadata.replace(TraceContext.stateKey, with: state) }
    }
}
