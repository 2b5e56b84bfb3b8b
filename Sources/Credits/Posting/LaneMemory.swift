import Foundation
import RPC

/// What a lane knows without asking the database. All of it may be forgotten at any time.
struct LaneMemory: Sendable {
    /// Most open holds that are remembered of one account.
    private static let holdLimit = 10_000

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

    /// Takes an account out; who changes it puts it back once that is written.
    mutating func take(_ account: UUID) -> AccountBook? { self.books.remove(account) }

    mutating func put(_ book: AccountBook) {
        var book = book
        // The holds that are needed are read again.
        if book.holds.count > Self.holdLimit { book.forgetHolds() }
        self.books.insert(book, for: book.account)
    }

    /// Somebody else has written: no account is what it was.
    mutating func forgetAccounts() {
        self.head = nil
        self.books.removeAll()
    }

    func answer(to id: UUID) -> Answer? { self.answers[id] }

    mutating func remember(_ answer: Answer, for id: UUID) { self.answers.insert(answer, for: id) }
}

/// A cache that forgets what was not used for long: when the young generation is full it becomes the old one, and the old one
/// is dropped.
struct TwoGenerations<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let limit: Int
    private var count = 0
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    /// - Parameter limit: After how many insertions the generations change.
    init(limit: Int) {
        self.limit = limit
    }

    subscript(key: Key) -> Value? { self.young[key] ?? self.old[key] }

    mutating func remove(_ key: Key) -> Value? {
        self.young.removeValue(forKey: key) ?? self.old.removeValue(forKey: key)
    }

    mutating func insert(_ value: Value, for key: Key) {
        if self.count >= self.limit {
            swap(&self.old, &self.young)
            // Its room is kept: to grow again means to hash all again.
            self.young.removeAll(keepingCapacity: true)
            self.count = 0
        }
        self.young[key] = value
        self.count += 1
    }

    mutating func removeAll() {
        (self.old, self.young, self.count) = ([:], [:], 0)
    }
}
