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
        var mixed = self.state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
