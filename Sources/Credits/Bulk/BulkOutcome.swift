import Contract
import Cryptography
import Foundation
import Kernel
import RPC
import SwiftProtobuf

/// What came of a line of a bulk file.
enum BulkOutcome: Sendable {
    case done(balanceAfter: CreditAmount)
    case failed(code: String, String)
    /// Others failed, and it was all or nothing.
    case leftOut

    /// A line that makes no sense.
    init(fault: String) {
        self = .failed(code: "BAD_LINE", fault)
    }

    init(_ result: Result<Entry, Status>) {
        switch result {
        case .success(let entry): self = .done(balanceAfter: entry.balanceAfter)
        case .failure(let status): self = .failed(code: status.errorInfo?.reason ?? status.code.name, status.message)
        }
    }

    var isFailure: Bool { if case .failed = self { true } else { false } }
}

extension [BulkOutcome] {
    /// What they are when one that fails lets none be carried out.
    var allOrNothing: [BulkOutcome] {
        guard self.contains(where: \.isFailure) else { return self }
        return self.map { $0.isFailure ? $0 : .leftOut }
    }
}

/// Sums of a run.
struct BulkTotals: Sendable {
    private(set) var decided = 0
    private(set) var succeeded = 0
    private(set) var failed = 0
    private var added = CreditAmount.zero
    private var taken = CreditAmount.zero

    mutating func add(_ order: BulkOrder, _ outcome: BulkOutcome) {
        self.decided += 1
        switch outcome {
        case .failed: self.failed += 1
        case .leftOut: break
        case .done:
            self.succeeded += 1
            let amount = order.adjustment?.amount ?? .zero
            // Sums that do not fit stay at the largest amount; no balance gets there.
            if amount > .zero {
                self.added = self.added.adding(amount) ?? CreditAmount(micro: .max)
            } else {
                self.taken = self.taken.adding(amount.negated) ?? CreditAmount(micro: .max)
            }
        }
    }

    /// The last message of the run.
    func done(_ run: BulkRun, isDry: Bool) -> BulkAdjustDone {
        .with {
            $0.mode = run.mode
            $0.dryRun = isDry
            $0.applied = !isDry && self.succeeded > 0
            $0.lines = Int32(run.count)
            $0.succeeded = Int32(self.succeeded)
            $0.failed = Int32(self.failed)
            $0.added = self.added.description
            $0.taken = self.taken.description
            $0.fileSha256 = run.source.sha256.hexadecimal
        }
    }
}
