/// What is due when, rounded up to ticks. Adding, removing and passing a tick take constant time.
///
/// A pure value: it is told how many ticks have passed. What is due later than one turn of the wheel stays in its slot
/// and is looked at once per turn.
struct DeadlineWheel<Element> {
    /// Names an element while it waits.
    struct Ticket: Equatable, Sendable {
        fileprivate let index: Int32
        fileprivate let generation: UInt32
    }

    private struct Node {
        var element: Element?
        var due: UInt64
        /// The neighbours in its slot; -1 is none.
        var previous: Int32 = -1
        var next: Int32 = -1
        var generation: UInt32 = 0
    }

    private var nodes: ContiguousArray<Node> = []
    private var free: [Int32] = []
    /// The first node of each slot; -1 is none.
    private var slots: [Int32]
    /// The last tick that has passed.
    private(set) var now: UInt64 = 0
    /// How many elements wait.
    private(set) var count = 0

    init(slots: Int = 512) {
        self.slots = Array(repeating: -1, count: slots)
    }

    /// Adds an element that is due at a tick; one due already comes out at the next tick.
    mutating func add(_ element: consuming Element, due: UInt64) -> Ticket {
        let index = self.makeNode(element, due: max(due, self.now + 1))
        self.link(index)
        self.count += 1
        return Ticket(index: index, generation: self.nodes[Int(index)].generation)
    }

    /// Takes an element away before it is due. An element that is gone already is left alone.
    mutating func remove(_ ticket: Ticket) {
        let index = Int(ticket.index)
        guard self.nodes[index].generation == ticket.generation, self.nodes[index].element != nil else { return }
        self.drop(ticket.index)
    }

    /// Passes all ticks up to and including `tick` and takes out what is due by then.
    mutating func advance(to tick: UInt64) -> [Element] {
        guard tick > self.now else { return [] }
        let first = max(self.now + 1, tick - min(tick, UInt64(self.slots.count - 1)))
        self.now = tick
        return self.count == 0 ? [] : (first...tick).flatMap { self.takeDue(inSlotOf: $0) }
    }

    private mutating func takeDue(inSlotOf tick: UInt64) -> [Element] {
        var due: [Element] = []
        var next = self.slots[self.slot(of: tick)]
        while next >= 0 {
            let index = next
            next = self.nodes[Int(index)].next
            guard self.nodes[Int(index)].due <= self.now, let element = self.nodes[Int(index)].element else { continue }
            due.append(element)
            self.drop(index)
        }
        return due
    }

    private mutating func makeNode(_ element: consuming Element, due: UInt64) -> Int32 {
        if let index = self.free.popLast() {
            self.nodes[Int(index)].element = consume element
            self.nodes[Int(index)].due = due
            return index
        }
        self.nodes.append(Node(element: consume element, due: due))
        return Int32(self.nodes.count - 1)
    }

    private mutating func link(_ index: Int32) {
        let slot = self.slot(of: self.nodes[Int(index)].due)
        let head = self.slots[slot]
        self.nodes[Int(index)].previous = -1
        self.nodes[Int(index)].next = head
        if head >= 0 { self.nodes[Int(head)].previous = index }
        self.slots[slot] = index
    }

    private mutating func drop(_ index: Int32) {
        let (previous, next) = (self.nodes[Int(index)].previous, self.nodes[Int(index)].next)
        if previous >= 0 {
            self.nodes[Int(previous)].next = next
        } else {
            self.slots[self.slot(of: self.nodes[Int(index)].due)] = next
        }
        if next >= 0 { self.nodes[Int(next)].previous = previous }
        self.nodes[Int(index)].element = nil
        self.nodes[Int(index)].generation &+= 1
        self.free.append(index)
        self.count -= 1
    }

    private func slot(of tick: UInt64) -> Int {
        Int(tick % UInt64(self.slots.count))
    }
}
