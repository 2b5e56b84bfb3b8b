/// Between which moments something happened.
struct Span: Sendable {
    let began: Int
    let ended: Int

    /// - Parameter attempts: Of one command, which happened once at most: before its first answer. None may be any time.
    init(of attempts: [Attempt]) {
        self.began = attempts.map(\.began).min() ?? .min
        self.ended = attempts.compactMap(\.ended).min() ?? .max
    }

    /// The numbers of those that had ended before one in front of them began.
    static func disorder(in spans: [Span]) -> [Int] {
        var latestBeginning = Int.min
        return spans.indices.filter { index in
            latestBeginning = max(latestBeginning, spans[index].began)
            return spans[index].ended < latestBeginning
        }
    }
}

/// Refused commands of one account, each waiting for a state of it that justifies the refusal.
///
/// A command that ended before another began saw nothing of it, and one that began after another had ended saw all of it.
struct RefusalsToJustify: Sendable {
    private struct Waiting {
        let refused: RefusedCommand
        /// The changes of the account after one of which it was refused.
        let window: ClosedRange<Int>
    }

    /// Those whose window comes next, the first one last.
    private var ahead: [Waiting]
    private var open: [Waiting] = []
    private var failed: [RefusedCommand] = []

    /// - Parameters:
    ///   - refused: What is to be justified.
    ///   - spans: When the account's changes happened, in their order.
    init(_ refused: [RefusedCommand], among spans: [Span]) {
        let order = ChangeOrder(spans)
        var ahead: [Waiting] = []
        for refused in refused {
            let first = order.lastEnded(before: refused.span.began)
            let last = order.firstBegun(after: refused.span.ended) - 1
            if first <= last {
                ahead.append(Waiting(refused: refused, window: first...last))
            } else {
                self.failed.append(refused)
            }
        }
        self.ahead = ahead.sorted { $0.window.lowerBound > $1.window.lowerBound }
    }

    /// What no state justified.
    var unjustified: [RefusedCommand] { self.failed + (self.ahead + self.open).map(\.refused) }

    /// Asks of those that may have seen the account right after this change whether that justifies them.
    mutating func justify(at index: Int, _ isJust: (RefusedCommand) -> Bool) {
        while let next = self.ahead.last, next.window.lowerBound <= index { self.open.append(self.ahead.removeLast()) }
        self.open.removeAll { isJust($0.refused) }
        self.failed += self.open.filter { $0.window.upperBound <= index }.map(\.refused)
        self.open.removeAll { $0.window.upperBound <= index }
    }
}

/// Answers which changes were over, or had not begun, at some moment.
private struct ChangeOrder {
    /// By the moment of their end, each with the latest change that has ended by then.
    private var endings: [(moment: Int, change: Int)] = []
    /// By the moment of their beginning, from the last on, each with the earliest change that begins then or later.
    private var beginnings: [(moment: Int, change: Int)] = []
    private let count: Int

    init(_ spans: [Span]) {
        self.count = spans.count
        for (index, span) in spans.enumerated().sorted(by: { $0.element.ended < $1.element.ended }) {
            self.endings.append((span.ended, max(index, self.endings.last?.change ?? 0)))
        }
        for (index, span) in spans.enumerated().sorted(by: { $0.element.began > $1.element.began }) {
            self.beginnings.append((span.began, min(index, self.beginnings.last?.change ?? spans.count)))
        }
    }

    /// The latest change that had ended; the first one, which opened the account, if no other.
    func lastEnded(before moment: Int) -> Int {
        let count = self.endings.partitioningIndex { $0.moment >= moment }
        return count == 0 ? 0 : self.endings[count - 1].change
    }

    /// The earliest change that began only then.
    func firstBegun(after moment: Int) -> Int {
        let count = self.beginnings.partitioningIndex { $0.moment <= moment }
        return count == 0 ? self.count : self.beginnings[count - 1].change
    }
}

extension Array {
    /// The number of the first element of which it is true; it is so of all behind that one too.
    fileprivate func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, self.count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
