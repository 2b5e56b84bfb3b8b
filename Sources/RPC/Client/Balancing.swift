/// How a client chooses among several addresses.
package enum Balancing: Sendable {
    /// The first that can be reached, always.
    case pickFirst
    /// One after the other.
    case roundRobin
}

/// Which address is next. A pure value.
struct Balancer {
    private let balancing: Balancing
    private let count: Int
    private var next = 0

    init(_ balancing: Balancing, count: Int) {
        self.balancing = balancing
        self.count = count
    }

    /// Chooses an address among those that are usable, if possible one that is not among `tried`.
    ///
    /// - Returns: Its place; nil if none is usable.
    mutating func pick(besides tried: Set<Int> = [], isUsable: (Int) -> Bool) -> Int? {
        let start = self.balancing == .roundRobin ? self.next : 0
        let order = (0..<self.count).map { (start + $0) % self.count }
        let usable = order.filter(isUsable)
        guard let choice = usable.first(where: { !tried.contains($0) }) ?? usable.first else { return nil }
        self.next = (choice + 1) % self.count
        return choice
    }
}
