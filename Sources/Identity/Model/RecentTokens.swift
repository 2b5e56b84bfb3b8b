/// The claims of tokens whose signature was verified lately, by the token's hash.
///
/// Bounded: it forgets the older half when the younger half is full.
struct RecentTokens: Sendable {
    private let limit: Int
    private var young: [[UInt8]: AccessClaims] = [:]
    private var old: [[UInt8]: AccessClaims] = [:]

    /// Remembers at most `limit` tokens.
    init(limit: Int) {
        self.limit = limit
    }

    /// How many tokens it remembers.
    var count: Int { self.young.count + self.old.count }

    /// What a token says, if it is remembered.
    func claims(of hash: [UInt8]) -> AccessClaims? {
        self.young[hash] ?? self.old[hash]
    }

    /// Remembers a token.
    mutating func insert(_ claims: AccessClaims, of hash: [UInt8]) {
        if self.young.count >= max(1, self.limit / 2) {
            self.old = self.young
            self.young = [:]
        }
        self.young[hash] = claims
    }
}
