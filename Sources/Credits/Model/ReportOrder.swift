package import Foundation

/// What somebody wants to know of all movements.
package struct ReportOrder: Sendable, Hashable {
    /// What movements can be grouped by, in the order in which reports are sorted.
    package enum Key: Int, Sendable, CaseIterable, Comparable {
        case day = 1
        case user = 2
        case service = 3
        case model = 4
        case kind = 5

        package static func < (left: Key, right: Key) -> Bool { left.rawValue < right.rawValue }
    }

    /// Which read model holds the answer.
    package enum Source: Sendable {
        /// Has days and accounts.
        case daily
        /// Has days, for all accounts together.
        case totals
        /// Has accounts, for all days together.
        case accounts
    }

    /// Sorted, each once.
    package let keys: [Key]
    package var firstDay: LedgerDay?
    package var lastDay: LedgerDay?
    package var user: UUID?
    package var service: String?
    package var model: String?
    package var kind: Int16?

    package init(keys: some Sequence<Key>) {
        self.keys = Set(keys).sorted()
    }

    /// The smallest read model that tells apart what must be told apart.
    package var source: Source {
        let hasDays = self.keys.contains(.day) || self.firstDay != nil || self.lastDay != nil
        let hasUsers = self.keys.contains(.user) || self.user != nil
        return hasUsers ? hasDays ? .daily : .accounts : .totals
    }

    /// All of it as text, for page tokens: two orders with the same text are the same.
    package var name: String {
        let filters = [
            self.firstDay?.description, self.lastDay?.description, self.user?.uuidString, self.service, self.model,
            self.kind.map { "\($0)" },
        ]
        let parts = [self.keys.map { "\($0.rawValue)" }.joined()] + filters.map { $0 ?? "" }
        // No text in the database has a NUL.
        return parts.joined(separator: "\0")
    }
}
