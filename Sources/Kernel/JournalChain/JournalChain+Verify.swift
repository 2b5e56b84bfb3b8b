import Cryptography
package import Postgres

extension JournalChain {
    /// A link that somebody outside has kept, to prove what was there at that time.
    package struct Pin: Sendable, Equatable {
        /// Its number, from 1.
        package let link: Int64
        /// Its hash; `nil` takes what stands there.
        package let hash: [UInt8]?

        package init(link: Int64, hash: [UInt8]?) {
            self.link = link
            self.hash = hash
        }
    }

    /// Something that is not as it was sealed.
    package struct Break: Sendable, Equatable, CustomStringConvertible {
        /// The link's number; `nil` for a row that has none.
        package let link: Int64?
        /// The place of its row in the journal.
        package let seq: Int64
        /// What is wrong, as a sentence's end.
        package let what: String

        package var description: String {
            (self.link.map { "link \($0), row \(self.seq): " } ?? "row \(self.seq): ") + self.what
        }
    }

    /// What a check of the chain has shown.
    package struct Verification: Sendable, Equatable {
        /// How many links were checked.
        package fileprivate(set) var checked: Int64 = 0
        /// The last link and its hash; 0 and zeros if there is none.
        package fileprivate(set) var head: (link: Int64, hash: [UInt8]) = (0, root)
        /// Rows that are not in the chain yet.
        package fileprivate(set) var unsealed: Int64 = 0
        /// What is broken, along the chain; at most `limit`.
        package fileprivate(set) var breaks: [Break] = []

        /// The last link's hash as hexadecimal digits.
        package var headHash: String { self.head.hash.hexadecimal }

        package static func == (left: Verification, right: Verification) -> Bool {
            left.checked == right.checked && left.head == right.head && left.unsealed == right.unsealed
                && left.breaks == right.breaks
        }
    }

    /// Most breaks that are named.
    package static let limit = 20

    /// Computes the chain again and compares; the transaction should see one snapshot.
    ///
    /// - Parameters:
    ///   - transaction: Reads only.
    ///   - pin: Where to begin; `nil` is the first link.
    ///   - pageSize: How many links are read at a time.
    ///   - progress: Called before each page; what it throws ends the check.
    /// - Returns: What is there, and what of it is not as it was sealed.
    /// - Throws: What the database or `progress` throws.
    package static func verify(
        in transaction: borrowing Transaction,
        from pin: Pin? = nil,
        pageSize: Int64 = 1000,
        progress: () throws -> Void = {}
    ) throws -> Verification {
        var check = Verification()
        if let pin { try self.start(&check, at: pin, in: transaction) }
        while true {
            try progress()
            let links = try transaction.rows(readLinks, [.int(check.head.link), .int(pageSize)]) { row in
                try StoredLink(row)
            }
            for link in links { check.add(link) }
            if links.count < pageSize { break }
        }
        try progress()
        check.unsealed = try transaction.first(countUnsealed) { row in try row.int(0) } ?? 0
        let left = try transaction.rows(readUnsealedBreaks, [.int(Int64(self.limit))]) { row in
            let what = try row.bool(1) ? "the row was put in below the end of the chain" : payloadBreak
            return Break(link: nil, seq: try row.int(0), what: what)
        }
        check.add(left)
        return check
    }

    private static func start(
        _ check: inout Verification,
        at pin: Pin,
        in transaction: borrowing Transaction
    ) throws {
        let found = try transaction.first(readLink, [.int(pin.link)]) { row in
            (seq: try row.int(0), hash: try row.bytes(1))
        }
        check.head = (pin.link, pin.hash ?? found?.hash ?? self.root)
        guard let found else {
            return check.add([Break(link: pin.link, seq: 0, what: "the link that was kept outside is not there")])
        }
        guard found.hash == check.head.hash else {
            return check.add([Break(link: pin.link, seq: found.seq, what: "its hash is not the one kept outside")])
        }
    }
}

extension JournalChain.Verification {
    fileprivate mutating func add(_ breaks: [JournalChain.Break]) {
        self.breaks += breaks.prefix(JournalChain.limit - self.breaks.count)
    }

    /// Compares a link with the one before and with its row. Goes on from what is stored, so that each break shows by itself.
    fileprivate mutating func add(_ link: StoredLink) {
        let (number, previous) = self.head
        var what: [String] = []
        if link.n != number + 1 {
            what.append(
                number + 1 == link.n - 1
                    ? "link \(number + 1) is missing" : "links \(number + 1) to \(link.n - 1) are missing"
            )
        } else if link.previous != previous {
            what.append("it does not follow from link \(number)")
        }
        if let row = link.row {
            if JournalChain.hash(of: row, after: link.previous) != link.hash {
                what.append("the row is not as it was sealed")
            }
            if !link.payloadFits { what.append(payloadBreak) }
        } else {
            what.append("the row is missing")
        }
        self.add(what.map { JournalChain.Break(link: link.n, seq: link.seq, what: $0) })
        self.checked += 1
        self.head = (link.n, link.hash)
    }
}

/// A link with the row that it seals.
private struct StoredLink {
    let n: Int64
    let seq: Int64
    let previous: [UInt8]
    let hash: [UInt8]
    /// Whether the payload is what `payload_sha256` says.
    let payloadFits: Bool
    /// `nil` when it is not there.
    let row: JournalRow?

    init(_ row: borrowing Row) throws {
        self.n = try row.int(0)
        self.seq = try row.int(1)
        self.previous = try row.bytes(2)
        self.hash = try row.bytes(3)
        self.payloadFits = try row.optionalBool(4) ?? false
        self.row = try row.isNull(5) ? nil : JournalRow(row, from: 5)
    }
}

private let payloadBreak = "the payload is not what payload_sha256 says"

private let readLink = Statement("SELECT seq, hash FROM journal_chain WHERE n = $1::bigint")

private let readLinks = Statement(
    """
    SELECT c.n, c.seq, c.prev, c.hash, sha256(j.payload) = j.payload_sha256, \(JournalRow.columns)
    FROM (SELECT * FROM journal_chain WHERE n > $1::bigint ORDER BY n LIMIT $2::bigint) c
    LEFT JOIN journal j ON j.seq = c.seq
    ORDER BY c.n
    """
)

private let countUnsealed = Statement(
    "SELECT count(*) FROM journal j WHERE NOT EXISTS (SELECT FROM journal_chain c WHERE c.seq = j.seq)"
)

// What is not sealed must lie beyond what is.
private let readUnsealedBreaks = Statement(
    """
    WITH last AS MATERIALIZED (
        SELECT j.xid, j.seq FROM journal_chain c JOIN journal j USING (seq) ORDER BY c.n DESC LIMIT 1
    ), unsealed AS (
        SELECT j.seq, coalesce((j.xid, j.seq) < (SELECT xid, seq FROM last), false) AS is_below,
            sha256(j.payload) <> j.payload_sha256 AS is_false
        FROM journal j WHERE NOT EXISTS (SELECT FROM journal_chain c WHERE c.seq = j.seq)
    )
    SELECT seq, is_below FROM unsealed WHERE is_below OR is_false ORDER BY seq LIMIT $1::bigint
    """
)
