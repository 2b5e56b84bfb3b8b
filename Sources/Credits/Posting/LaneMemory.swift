import Foundation
import RPC

/// What a lane knows without asking the database. All of it may be forgotten at any time.
struct LaneMemory: Sendable {
    /// The number of the lane's last posting; `nil` when unknown, and then no account is known either.
    var head: Int64?
    /// What the database's clock showed, and when.
    private var clock: (moment: LedgerTime, seen: ContinuousClock.Instant)?
    private var books: TwoGenerations<UUID, AccountBook>
    /// The answers of late, for repeats.
    private var answers: TwoGenerations<UUID, Answer>

    /// What a command came to.
    enum Answer: Sendable {
        case posted(Entry)
        case refused(digest: UUID, Status)
    }

    init(limit: Int) {
        self.books = TwoGenerations(limit: limit)
        self.answers = TwoGenerations(limit: limit / 4)
    }

    /// What the time is believed to be.
    var now: LedgerTime {
        guard let clock else { return .distantPast }
        let passed = clock.seen.duration(to: .now).components
        return LedgerTime(
            microseconds: clock.moment.microseconds + passed.seconds * 1_000_000 + passed.attoseconds
                / 1_000_000_000_000
        )
    }

    mutating func saw(_ moment: LedgerTime) { self.clock = (moment, .now) }

    func knows(_ account: UUID) -> Bool { self.books.contains(account) }

    func book(of account: UUID) -> AccountBook? { self.books[account] }

    /// Takes an account out; who changes it puts it back once that is written.
    mutating func take(_ account: UUID) -> AccountBook? { self.books.remove(account) }

    mutating func put(_ book: AccountBook) {
        self.books.insert(book, for: book.account, weight: 1 + book.holds.count / 8)
    }

    /// Somebody else has written: no account is what it was.
    mutating func forgetAccounts() {
        self.head = nil
        self.books.removeAll()
    }

    func answer(to id: UUID) -> Answer? { self.answers[id] }

    mutating func remember(_ answer: Answer, for id: UUID) { self.answers.insert(answer, for: id, weight: 1) }
}

/// A cache that forgets what was not used for long: when the young generation is full it becomes the old one, and the old one
/// is dropped.
struct TwoGenerations<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let limit: Int
    private var weight = 0
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    /// - Parameter limit: How much one generation holds, by weight.
    init(limit: Int) {
        self.limit = limit
    }

    subscript(key: Key) -> Value? { self.young[key] ?? self.old[key] }

    func contains(_ key: Key) -> Bool { self.young[key] != nil || self.old[key] != nil }

    mutating func remove(_ key: Key) -> Value? {
        self.young.removeValue(forKey: key) ?? self.old.removeValue(forKey: key)
    }

    mutating func insert(_ value: Value, for key: Key, weight: Int) {
        if self.weight >= self.limit {
            (self.old, self.young, self.weight) = (self.young, [:], 0)
        }
        self.young[key] = value
        self.weight += weight
    }

    mutating func removeAll() {
        (self.old, self.young, self.weight) = ([:], [:], 0)
    }
}
