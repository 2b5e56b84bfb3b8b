internal import Synchronization

/// Makes IDs that are unlike all others but need not be secret. The system's own generator goes to the kernel for each
/// number, which took a quarter of a small call's time.
enum TraceIDSource {
    /// Walks by SplitMix64's step from a random start.
    private static let state = Atomic<UInt64>(.random(in: 0 ... .max))

    /// Keeps the trace IDs of two processes apart even if their walks meet.
    private static let salt = UInt64.random(in: 0 ... .max)

    /// A trace ID; never 0.
    static func traceID() -> UInt128 {
        UInt128(self.number() ^ self.salt) << 64 | UInt128(self.spanID())
    }

    /// The ID of a hop; never 0.
    static func spanID() -> UInt64 {
        max(1, self.number())
    }

    private static func number() -> UInt64 {
        self.state.wrappingAdd(UInt64.mixingStep, ordering: .relaxed).newValue.mixed
    }
}
