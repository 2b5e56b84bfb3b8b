/// What is due when, rounded up to ticks. Adding, removing and passing a tick take constant time.
///
/// A pure value: it is told how many ticks have passed. What is due later than one turn of the wheel stays in its slot
/// and is looked at once per turn.
struct DeadlineWheel<Element> {
    /// Names an element while it waits.
    struct Ticket: Equatable, Sendable {
        fileprivate let index: Int
        fileprivate let generation: UInt32
    }

    private struct Node {
        var element: Element?
        var due: UInt64
        var previous: Int?
        var next: Int?
        var generation: UInt32
    }

    private var nodes: ContiguousArray<Node> = []
    private var free: [Int] = []
    private var slots: [Int?]
    /// The last tick that has passed.
    private(set) var now: UInt64 = 0
    /// How many elements wait.
    private(set) var count = 0

    init(slots: Int = 512) {
        self.slots = Array(repeating: nil, count: slots)
    }

    /// Adds an element that is due at a tick; one due already comes out at the next tick.
    mutating func add(_ element: Element, due: UInt64) -> Ticket {
        let index = self.makeNode(element, due: max(due, self.now + 1))
        self.link(index)
        self.count += 1
        return Ticket(index: index, generation: self.nodes[index].generation)
    }

    /// Takes an element away before it is due. An element that is gone already is left alone.
    mutating func remove(_ ticket: Ticket) {
        let node = self.nodes[ticket.index]
        guard node.generation == ticket.generation, node.element != nil else { return }
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
        while let index = next {
            next = self.nodes[index].next
            guard self.nodes[index].due <= self.now, let element = self.nodes[index].element else { continue }
            due.append(element)
            self.drop(index)
        }
        return due
    }

    private mutating func makeNode(_ element: Element, due: UInt64) -> Int {
        guard let index = self.free.popLast() else {
            self.nodes.append(Node(element: element, due: due, generation: 0))
            return self.nodes.count - 1
        }
        self.nodes[index].element = element
        self.nodes[index].due = due
        return index
    }

    private mutating func link(_ index: Int) {
        let slot = self.slot(of: self.nodes[index].due)
        let head = self.slots[slot]
        self.nodes[index].previous = nil
        self.nodes[index].next = head
        if let head { self.nodes[head].previous = index }
        self.slots[slot] = index
    }

    private mutating func drop(_ index: Int) {
        let (previous, next) = (self.nodes[index].previous, self.nodes[index].next)
        if let previous {
            self.nodes[previous].next = next
        } else {
            self.slots[self.slot(of: self.nodes[index].due)] = next
        }
        if let next { self.nodes[next].previous = previous }
        self.nodes[index].element = nil
        self.nodes[index].generation &+= 1
        self.free.append(index)
        self.count -= 1
    }

    private func slot(of tick: UInt64) -> Int {
        Int(tick % UInt64(self.slots.count))
    }
}
