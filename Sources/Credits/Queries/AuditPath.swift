import Foundation
import Postgres

/// A place in the order of the audit: newest posting first, and in it by account and version, both from the last.
struct AuditPlace: Sendable, Equatable {
    /// Above every entry.
    static let newest = AuditPlace(
        posting: .max,
        account: UUID(uuid: (255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255)),
        version: .max
    )

    let posting: Int64
    let account: UUID
    let version: Int64

    init(posting: Int64, account: UUID, version: Int64) {
        self.posting = posting
        self.account = account
        self.version = version
    }

    /// Reads what `text` has written.
    init?(_ text: String) {
        let parts = text.split(separator: ".")
        guard
            parts.count == 3, let posting = Int64(parts[0]), let account = UUID(uuidString: String(parts[1])),
            let version = Int64(parts[2])
        else { return nil }
        self.init(posting: posting, account: account, version: version)
    }

    var text: String { "\(self.posting).\(self.account.uuidString).\(self.version)" }

    /// `$7` to `$9` of the statements.
    var parameters: [Parameter] { [.int(self.posting), .uuid(self.account), .int(self.version)] }
}

/// Along which index an audit walks down the entries. Each path has a pair of statements: a page, and the last entry that one
/// call looks at, whether it fits the filter or not.
struct AuditPath: Sendable {
    /// Most entries that one call looks at.
    static let reach: Int64 = 20_000

    let page: Statement
    let end: Statement

    /// The path that leads past the fewest entries which do not fit.
    init(_ filter: AuditFilter) {
        self =
            if filter.user != nil {
                .account
            } else if filter.actor != nil {
                .actor
            } else if !filter.kinds.isEmpty, filter.kinds.isSubset(of: [1, 3, 4]) {
                .byHand
            } else {
                .movements
            }
    }

    /// Down the primary key: all that an account has, its holds too.
    private static let account = AuditPath(
        "SELECT * FROM entry WHERE account = $1::uuid AND version < $9::bigint",
        order: "account DESC, version DESC"
    )

    /// What somebody did to others' accounts; and all that the own one has, whoever did it, since no index tells.
    private static let actor = AuditPath(
        """
        (
            SELECT * FROM entry WHERE actor = $2::uuid AND actor <> account AND amount <> 0 AND \(window)
            ORDER BY \(order) LIMIT $10::bigint + 1
        ) UNION ALL (
            SELECT e.* FROM (\(lastOwn)) own
            JOIN entry e ON e.account = $2::uuid AND e.version > own.last - $10::bigint - 1 AND e.version <= own.last
        )
        """,
        order: order
    )

    /// The last version of the own account in the window. Versions have no gaps, so that many below it are that many entries.
    private static let lastOwn = """
        SELECT least(
            ledger_version_at($2::uuid, least($7::bigint - ($2::uuid > $8::uuid)::integer, high)),
            CASE WHEN $2::uuid = $8::uuid THEN $9::bigint - 1 END
        ) AS last FROM bounds
        """

    private static let byHand = AuditPath(
        "SELECT * FROM entry WHERE kind IN (1, 3, 4) AND \(window)",
        order: order
    )

    private static let movements = AuditPath(
        "SELECT * FROM entry WHERE amount <> 0 AND \(window)",
        order: order
    )

    private static let order = "posting DESC, account DESC, version DESC"

    /// Below the place where the page before has ended, and no later than asked for. What is too early is left to the filter:
    /// with two bounds of unknown distance Postgres would rather sort everything between them than walk down.
    private static let window = """
        posting <= least($7::bigint, (SELECT high FROM bounds))
        AND (posting, account, version) < ($7::bigint, $8::uuid, $9::bigint)
        """

    /// - Parameters:
    ///   - walk: Selects entries of the path below the place, whatever the filter says. Our own text.
    ///   - order: The path's order, which its index has.
    private init(_ walk: String, order: String) {
        // Parameters are typed once for all paths, as not every path has all of them. What an upgrade has brought over is of
        // earlier times than its posting. A minute covers postings that are numbered out of time.
        let bounds = """
            WITH parameters AS (
                SELECT $1::uuid, $2::uuid, $3::smallint[], $4::bigint, $5::bigint, $6::text, $7::bigint, $8::uuid, $9::bigint
            ), bounds AS MATERIALIZED (
                SELECT ledger_posting_before(ledger_time($4::bigint) - interval '1 minute') AS low,
                    greatest(
                        ledger_posting_before(ledger_time($5::bigint) + interval '1 minute'),
                        (SELECT seq FROM journal WHERE stream = 'ledger:upgrade' AND stream_version = 1)
                    ) AS high
            )
            """
        self.page = Statement(
            """
            \(bounds)
            SELECT account, version, id, kind, amount, held, balance_after, held_after, hold, step, actor, digest,
                coalesce(service, ''), coalesce(model, ''), coalesce(reason, ''), ledger_micros(at), ledger_micros(expires_at),
                posting
            FROM (SELECT * FROM (\(walk)) walk ORDER BY \(order) LIMIT $10::bigint) seen
            WHERE (amount <> 0 OR $1::uuid IS NOT NULL) AND ($2::uuid IS NULL OR actor = $2)
                AND ($3::smallint[] IS NULL OR kind = ANY ($3))
                AND at >= ledger_time($4) AND at < ledger_time($5) AND starts_with(coalesce(reason, ''), $6)
            ORDER BY \(order) LIMIT $11::bigint
            """
        )
        self.end = Statement(
            """
            \(bounds)
            SELECT posting, account, version
            FROM (SELECT * FROM (\(walk)) walk ORDER BY \(order) OFFSET $10::bigint LIMIT 1) last
            WHERE posting >= (SELECT low FROM bounds)
            """
        )
    }
}
