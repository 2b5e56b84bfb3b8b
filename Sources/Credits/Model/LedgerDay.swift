/// A day of the calendar, in UTC.
package struct LedgerDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    private let year: Int
    private let month: Int
    private let day: Int

    /// Reads `YYYY-MM-DD`; `nil` for anything else, and for days that do not exist.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2] else { return nil }
        let numbers = parts.compactMap { part -> Int? in
            guard part.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            return part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        guard numbers.count == 3, numbers[0] >= 1, 1...12 ~= numbers[1] else { return nil }
        guard 1...Self.length(ofMonth: numbers[1], in: numbers[0]) ~= numbers[2] else { return nil }
        (self.year, self.month, self.day) = (numbers[0], numbers[1], numbers[2])
    }

    package var description: String {
        [(self.year, 4), (self.month, 2), (self.day, 2)].map { number, width in
            String(repeating: "0", count: width - String(number).count) + String(number)
        }.joined(separator: "-")
    }

    package static func < (left: LedgerDay, right: LedgerDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
