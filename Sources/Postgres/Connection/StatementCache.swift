/// Which statements one connection has prepared, and under what names. Forgets the one unused for longest when full.
struct StatementCache {
    enum Lookup: Equatable {
        case prepared(String)
        /// Prepare under this name.
        case missing(String)
    }

    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    /// Names on the server that nothing refers to any more; the connection deallocates and clears them.
    var discarded: [String] = []
    private let limit: Int
    private var entries: [Statement: Entry] = [:]
    private var uses: UInt64 = 0

    var count: Int { self.entries.count }

    init(limit: Int) {
        self.limit = max(limit, 1)
    }

    /// Counts as a use; from now on the statement is taken for prepared.
    mutating func look(up statement: Statement) -> Lookup {
        self.uses += 1
        if let name = self.touch(statement) { return .prepared(name) }
        if self.entries.count >= self.limit { self.evict() }
        let name = "s\(self.uses)"
        self.entries[statement] = Entry(name: name, lastUse: self.uses)
        return .missing(name)
    }

    /// To be called when preparing failed (then the server does not know the name) or when the server lost the statement.
    mutating func forget(_ statement: Statement, onServer: Bool) {
        guard let entry = self.entries.removeValue(forKey: statement), onServer else { return }
        self.discarded.append(entry.name)
    }

    private mutating func touch(_ statement: Statement) -> String? {
        self.entries[statement]?.lastUse = self.uses
        return self.entries[statement]?.name
    }

    private mutating func evict() {
        guard let oldest = self.entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key else { return }
        self.forget(oldest, onServer: true)
    }
}
