/// A moment by the database's clock, in whole microseconds since 1970, as Postgres keeps it.
package struct LedgerTime: Sendable, Hashable, Comparable {
    package let microseconds: Int64

    package static let distantPast = LedgerTime(microseconds: .min)
    package static let distantFuture = LedgerTime(microseconds: .max)

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package static func < (left: LedgerTime, right: LedgerTime) -> Bool { left.microseconds < right.microseconds }

    /// So many seconds later; the end of time when that does not fit.
    package func adding(seconds: Int64) -> LedgerTime {
        let (span, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, isTooLate) = self.microseconds.addingReportingOverflow(span)
        return isTooLong || isTooLate ? .distantFuture : LedgerTime(microseconds: sum)
    }
}

/// The time during which decisions hold: from `notBefore` until just before `before`.
package struct LedgerWindow: Sendable, Equatable {
    package private(set) var notBefore = LedgerTime.distantPast
    package private(set) var before = LedgerTime.distantFuture

    package init() {}

    /// Something was decided because this moment had come.
    package mutating func requireReached(_ moment: LedgerTime) { self.notBefore = max(self.notBefore, moment) }

    /// Something was decided because this moment had not come.
    package mutating func requireAhead(_ moment: LedgerTime) { self.before = min(self.before, moment) }
}
