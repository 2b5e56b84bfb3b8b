internal import NIOCore

/// Tells the elements of one event loop when their time has come, to within two ticks, never early.
///
/// The wheel ticks only while something waits. Belongs to its event loop.
final class Deadlines<Element> {
    typealias Ticket = DeadlineWheel<Element>.Ticket

    /// How coarse time is.
    static var tick: TimeAmount { .milliseconds(10) }

    /// Longer waits are cut to this.
    private static var longest: TimeAmount { .hours(24 * 365) }

    private let loop: any EventLoop
    private let start: NIODeadline
    private let expire: (Element) -> Void
    private var wheel = DeadlineWheel<Element>()
    private var isTicking = false

    /// Starts the clock. `expire` is called on the event loop with each element that is due.
    init(on loop: any EventLoop, expire: @escaping (Element) -> Void) {
        self.loop = loop
        self.start = loop.now
        self.expire = expire
    }

    /// Adds an element that is due in a number of nanoseconds from `start`, which is now if it is nil.
    func add(_ element: consuming Element, in nanoseconds: Int64, from start: NIODeadline? = nil) -> Ticket {
        let delay = TimeAmount.nanoseconds(min(nanoseconds, Self.longest.nanoseconds))
        let due = self.ticks(until: (start ?? self.loop.now) + delay) + 1
        self.tickLater()
        return self.wheel.add(element, due: due)
    }

    /// Takes an element away before it is due.
    func remove(_ ticket: Ticket) {
        self.wheel.remove(ticket)
    }

    private func tickLater() {
        guard !self.isTicking else { return }
        self.isTicking = true
        if self.wheel.count == 0 { _ = self.wheel.advance(to: self.ticks(until: self.loop.now)) }
        self.loop.assumeIsolated().scheduleTask(in: Self.tick) { self.passTicks() }
    }

    private func passTicks() {
        let due = self.wheel.advance(to: self.ticks(until: self.loop.now))
        self.isTicking = false
        if self.wheel.count > 0 { self.tickLater() }
        due.forEach(self.expire)
    }

    private func ticks(until time: NIODeadline) -> UInt64 {
        UInt64(max(0, (time - self.start).nanoseconds) / Self.tick.nanoseconds)
    }
}
