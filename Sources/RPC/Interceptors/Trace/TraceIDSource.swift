internal import Synchronization

/// Makes IDs that are unlike all others but need not be secret. The system's own generator goes to the kernel for each
/// number, which took a quarter of a small call's time.
enum TraceIDSource {
    /// Walks by SplitMix64's step from a random start.
    private static let state = Atomic<UInt64>(.random(in: 0 ... .max))

    /// Keeps the trace IDs of two processes apart even if their walks meet.
    private static let salt = UInt64.random(in: 0 ... .max)

    /// The IDs of a trace and of its first hop; never 0. One step for all, as each costs a look at shared memory.
    static func root() -> (traceID: UInt128, spanID: UInt64) {
        let last = self.walk(3)
        let (high, low) = ((last &- 2 &* UInt64.mixingStep).mixed, (last &- UInt64.mixingStep).mixed)
        return (UInt128(high ^ self.salt) << 64 | UInt128(max(1, low)), max(1, last.mixed))
    }

    /// The ID of a hop; never 0.
    static func spanID() -> UInt64 {
        max(1, self.walk(1).mixed)
    }

    /// Goes on by a number of steps and returns the last.
    private static func walk(_ steps: UInt64) -> UInt64 {
        self.state.wrappingAdd(steps &* UInt64.mixingStep, ordering: .relaxed).newValue
    }
}
