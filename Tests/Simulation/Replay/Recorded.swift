package import Foundation
package import Postgres

/// What the ledger has written down, read by SQL of our own.
package struct Recorded: Sendable {
    /// One change of one account.
    package struct Entry: Sendable, Hashable {
        package var id: UUID
        package var digest: UUID?
        package var account: UUID
        package var version: Int64
        package var kind: Kind
        package var balanceAfter: Int64
        package var heldAfter: Int64
        package var hold: UUID?
        package var at: Int64

        package init(
            id: UUID,
            digest: UUID? = nil,
            account: UUID,
            version: Int64,
            kind: Kind,
            balanceAfter: Int64,
            heldAfter: Int64,
            hold: UUID? = nil,
            at: Int64
        ) {
            self.id = id
            self.digest = digest
            self.account = account
            self.version = version
            self.kind = kind
            self.balanceAfter = balanceAfter
            self.heldAfter = heldAfter
            self.hold = hold
            self.at = at
        }
    }

    /// What a change records.
    package enum Kind: Int64, Sendable {
        case initial = 1
        case usage, adjustment, promotion, deduction
        case holdPlaced, holdExtended, holdReleased, holdExpired
        case lateSettlement
    }

    /// The accounts' changes, each account's in the order of its versions.
    package var entries: [Entry] = []
    /// The digests of commands that were refused for good, by the commands' ids.
    package var refusals: [UUID: UUID] = [:]

    package init() {}

    /// Reads all of it.
    package static func read(from database: Database) async throws -> Recorded {
        var recorded = Recorded()
        recorded.entries = try await database.rows(readEntries) { row in
            guard let kind = Kind(rawValue: try row.int(4)) else { throw Finding("an entry of an unknown kind") }
            return Entry(
                id: try row.uuid(0),
                digest: try row.optionalUUID(1),
                account: try row.uuid(2),
                version: try row.int(3),
                kind: kind,
                balanceAfter: try row.int(5),
                heldAfter: try row.int(6),
                hold: try row.optionalUUID(7),
                at: try row.int(8)
            )
        }
        let refused = try await database.rows(readRefusals) { row in (try row.uuid(0), try row.uuid(1)) }
        recorded.refusals = Dictionary(refused) { $1 }
        return recorded
    }
}

private let readEntries: Statement = """
    SELECT id, digest, account, version, kind, balance_after, held_after, hold,
        (extract(epoch FROM at) * 1000000)::bigint
    FROM entry ORDER BY account, version
    """

private let readRefusals: Statement = "SELECT id, digest FROM refusal"
