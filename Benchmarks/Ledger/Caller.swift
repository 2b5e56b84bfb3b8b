import Credits
import Foundation
import RPC

/// One caller. What it does besides calling takes well below a microsecond.
struct Caller {
    /// Holds are not to end by themselves while they are measured.
    private static let lifetime: Int64 = 86_400
    private static let least = CreditAmount(micro: 1)
    /// More than any account has.
    private static let tooMuch = CreditAmount(micro: 1_000_000_000_000_000)

    private let workload: Workload
    private let sampler: Sampler
    private var random = Randomness(seed: .random(in: 0 ... .max))
    private var previous: HoldOrder?

    init(of workload: Workload, _ sampler: Sampler) {
        self.workload = workload
        self.sampler = sampler
    }

    /// Calls until it is late, counted from when the first of all callers may call.
    mutating func call(
        _ ledger: some LoadedLedger,
        since begin: ContinuousClock.Instant,
        for time: Duration
    ) async throws -> Measured {
        var measured = Measured()
        var start = ContinuousClock.now
        while start < begin + time {
            let (order, isRepeat) = self.next()
            do {
                try await ledger.place(order, settling: self.workload.settles)
                if !isRepeat { measured.placed += 1 }
            } catch let status as Status
                where order.amount == Self.tooMuch && status.errorInfo?.reason == "INSUFFICIENT_CREDITS"
            {
                measured.refused += 1
            }
            let answered = ContinuousClock.now
            measured.note(answered - start)
            start = answered
        }
        measured.elapsed = start - begin
        return measured
    }

    private mutating func next() -> (HoldOrder, isRepeat: Bool) {
        let chance = self.random.below(100)
        if chance < self.workload.repeated, let previous { return (previous, true) }
        let isRefused = chance >= 100 - self.workload.refused
        let order = HoldOrder(
            id: self.random.uuid(),
            userID: self.sampler.draw(&self.random),
            amount: isRefused ? Self.tooMuch : Self.least,
            lifetime: Self.lifetime,
            service: "bench"
        )
        self.previous = order
        return (order, false)
    }
}
