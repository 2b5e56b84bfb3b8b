import Cryptography
import Foundation
import Postgres

/// Entries as `ledger_post` takes them, encoded one by one.
struct EntryColumns {
    private var ids = BinaryArray(of: .uuid)
    private var accounts = BinaryArray(of: .uuid)
    private var versions = BinaryArray(of: .bigint)
    private var kinds = BinaryArray(of: .smallint)
    private var amounts = BinaryArray(of: .bigint)
    private var helds = BinaryArray(of: .bigint)
    private var balances = BinaryArray(of: .bigint)
    private var heldAfters = BinaryArray(of: .bigint)
    private var holds = BinaryArray(of: .uuid)
    private var steps = BinaryArray(of: .smallint)
    private var actors = BinaryArray(of: .uuid)
    private var digests = BinaryArray(of: .uuid)
    private var services = BinaryArray(of: .text)
    private var models = BinaryArray(of: .text)
    private var reasons = BinaryArray(of: .text)
    private var untils = BinaryArray(of: .bigint)
    private var lifetimes = BinaryArray(of: .bigint)
    /// The holds that begin, by their lifetime.
    private var dues: [Int64: Dues] = [:]
    /// What the posting's hash covers, and where in it each entry is.
    private var bytes: [UInt8] = []
    private var places: [(account: (UInt64, UInt64), version: Int64, bytes: Range<Int>)] = []

    init(_ entries: some Sequence<Entry> = []) {
        for entry in entries { self.append(entry) }
    }

    /// How many entries there are.
    var count: Int { self.places.count }

    mutating func append(_ entry: Entry) {
        self.ids.append(uuid: entry.id)
        self.accounts.append(uuid: entry.account)
        self.versions.append(number: entry.version)
        self.kinds.append(number: entry.kind.rawValue)
        self.amounts.append(number: entry.amount.micro)
        self.helds.append(number: entry.held.micro)
        self.balances.append(number: entry.balanceAfter.micro)
        self.heldAfters.append(number: entry.heldAfter.micro)
        self.holds.append(optional: entry.hold)
        self.steps.append(optional: entry.step)
        self.actors.append(optional: entry.actor)
        self.digests.append(optional: entry.digest)
        self.services.append(orNull: entry.service)
        self.models.append(orNull: entry.model)
        self.reasons.append(orNull: entry.reason)
        self.untils.append(optional: entry.lifetime == nil ? entry.expiresAt?.microseconds : nil)
        self.lifetimes.append(optional: entry.lifetime)
        if let lifetime = entry.lifetime { self.dues[lifetime, default: Dues()].append(entry) }
        let start = self.bytes.count
        entry.append(to: &self.bytes)
        self.places.append((entry.account.halves, entry.version, start..<self.bytes.count))
    }

    /// The hash, one array for each column, and the holds that begin, in their order.
    var parameters: [Parameter] {
        let arrays = [
            self.ids, self.accounts, self.versions, self.kinds, self.amounts, self.helds, self.balances,
            self.heldAfters, self.holds, self.steps, self.actors, self.digests, self.services, self.models,
            self.reasons, self.untils, self.lifetimes,
        ]
        return [.bytes(self.digest)] + (arrays + self.dueArrays).map { .array($0) }
    }

    private var dueArrays: [BinaryArray] {
        var (lifetimes, counts) = (BinaryArray(of: .bigint), BinaryArray(of: .bigint))
        var (accounts, holds) = (BinaryArray(of: .uuid), BinaryArray(of: .uuid))
        for (lifetime, dues) in self.dues {
            lifetimes.append(number: lifetime)
            counts.append(number: Int64(dues.holds.count))
            for account in dues.accounts { accounts.append(uuid: account) }
            for hold in dues.holds { holds.append(uuid: hold) }
        }
        return [lifetimes, counts, accounts, holds]
    }

    /// The SHA-256 over what `ledger_bytes` makes of each entry in SQL, ascending by account, as Postgres orders them, and
    /// version.
    private var digest: [UInt8] {
        var sorted: [UInt8] = []
        sorted.reserveCapacity(self.bytes.count)
        let places = self.places.sorted {
            ($0.account.0, $0.account.1, $0.version) < ($1.account.0, $1.account.1, $1.version)
        }
        for place in places { sorted.append(contentsOf: self.bytes[place.bytes]) }
        return SHA256.hash(sorted)
    }
}

/// Holds that begin at one time for as long, and their accounts.
private struct Dues {
    var accounts: [UUID] = []
    var holds: [UUID] = []

    mutating func append(_ entry: Entry) {
        self.accounts.append(entry.account)
        self.holds.append(entry.hold ?? entry.id)
    }
}

extension UUID {
    /// Both halves as numbers, which sort as the bytes do.
    fileprivate var halves: (UInt64, UInt64) {
        withUnsafeBytes(of: self.uuid) { bytes in
            (
                bytes.loadUnaligned(as: UInt64.self).bigEndian,
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian
            )
        }
    }
}

extension BinaryArray {
    mutating func append(optional uuid: UUID?) {
        if let uuid { self.append(uuid: uuid) } else { self.appendNull() }
    }

    fileprivate mutating func append<Number: FixedWidthInteger>(optional number: Number?) {
        if let number { self.append(number: number) } else { self.appendNull() }
    }

    fileprivate mutating func append(orNull text: String) {
        if text.isEmpty { self.appendNull() } else { self.append(text: text) }
    }
}
