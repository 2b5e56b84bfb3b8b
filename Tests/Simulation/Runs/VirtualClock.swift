import Postgres
import Synchronization

/// The ledger's clock in a simulation: stands still until it is moved. Times are microseconds since 1970.
package final class VirtualClock: Sendable {
    private struct Times {
        var all: [Int64]
        /// How many of them the database has been told.
        var known = 1
    }

    private let database: Database
    private let times: Mutex<Times>

    /// A whole second in 2030.
    private static let start: Int64 = 1_900_000_000_000_000

    /// Takes the place of the clock of a ledger's database. The time is a sequence's value because that, like a clock's, is
    /// the same for all transactions and the newest for each.
    init(replacingThatOf database: Database) async throws {
        self.database = database
        self.times = Mutex(Times(all: [Self.start]))
        try await database.run("CREATE SEQUENCE test_clock")
        try await database.run("SELECT setval('test_clock', $1)", [.int(Self.start)])
        try await database.run(
            """
            CREATE OR REPLACE FUNCTION ledger_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS
            $$ SELECT timestamptz 'epoch' + last_value * interval '1 microsecond' FROM test_clock $$
            """
        )
    }

    /// What time it is.
    package var now: Int64 { self.times.withLock { $0.all[$0.all.count - 1] } }

    /// Puts it forward. One after the other only.
    package func advance(by seconds: Int64) async throws {
        let moment = self.times.withLock { times in
            let moment = times.all[times.all.count - 1] + seconds * 1_000_000
            times.all.append(moment)
            return moment
        }
        try await self.database.run("SELECT setval('test_clock', $1)", [.int(moment)])
        self.times.withLock { $0.known = $0.all.count }
    }

    /// The number of the oldest time that the ledger may still see, and of the newest that it may see already.
    package var numbers: (oldest: Int, newest: Int) { self.times.withLock { ($0.known - 1, $0.all.count - 1) } }

    /// The times with these numbers.
    package func times(_ numbers: ClosedRange<Int>) -> [Int64] { self.times.withLock { Array($0.all[numbers]) } }
}
