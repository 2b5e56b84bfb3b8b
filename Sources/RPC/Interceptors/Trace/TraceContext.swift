internal import Logging

/// Where in a trace a call stands, as W3C's Trace Context has it: one hop of a chain that shares a trace ID.
package struct TraceContext: Sendable, Hashable {
    // Two halves: a whole one would have every object with a trace aligned to 16 bytes, which costs more to allocate.
    private let traceIDHigh: UInt64
    private let traceIDLow: UInt64

    /// Names the whole chain; never 0.
    package var traceID: UInt128 { UInt128(self.traceIDHigh) << 64 | UInt128(self.traceIDLow) }

    /// Names this hop; never 0.
    package let spanID: UInt64

    /// Whether whoever began the chain may have recorded it.
    package let isSampled: Bool

    /// What tracing systems hand on beside, unread: `tracestate`.
    package let state: String?

    /// That of the call which the current task serves, or for which it calls others.
    package static var current: TraceContext? { self.slot?.trace }

    @TaskLocal static var slot: TraceSlot?

    init(traceID: UInt128, spanID: UInt64, isSampled: Bool, state: String? = nil) {
        self.traceIDHigh = UInt64(truncatingIfNeeded: traceID >> 64)
        self.traceIDLow = UInt64(truncatingIfNeeded: traceID)
        self.spanID = spanID
        self.isSampled = isSampled
        self.state = state
    }

    /// Begins a chain.
    package static func root() -> TraceContext {
        let ids = TraceIDSource.root()
        return TraceContext(traceID: ids.traceID, spanID: ids.spanID, isSampled: false)
    }

    /// Calls `body`, and all calls made in it go on with this hop.
    package func asCurrent<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let slot = TraceSlot()
        slot.trace = self
        return try await Self.$slot.withValue(slot, operation: body)
    }

    /// The next hop of the same chain.
    package func next() -> TraceContext {
        self.next(spanID: TraceIDSource.spanID())
    }

    func next(spanID: UInt64) -> TraceContext {
        TraceContext(traceID: self.traceID, spanID: spanID, isSampled: self.isSampled, state: self.state)
    }

    /// The chain that a caller began, or a new one: what the caller sent counts only if it is well-formed.
    package static func continuing(traceparent: [String], tracestate: [String]) -> TraceContext {
        guard let caller = TraceContext(traceparent: traceparent, tracestate: tracestate) else { return .root() }
        return caller.next()
    }
}
