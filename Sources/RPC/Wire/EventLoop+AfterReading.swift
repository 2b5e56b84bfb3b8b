internal import NIOCore
internal import NIOPosix

extension EventLoop {
    /// Does something once the event loop has looked at its sockets. What is merely executed comes before them, so that
    /// what executes itself again and again would keep them waiting for ever. Only on the event loop.
    func afterReading(_ body: @escaping () -> Void) {
        AfterReading.ofThisThread.add(body, on: self)
    }
}

/// What the event loop of a thread does once it has looked at its sockets. All of it hangs on one timer: with a timer for
/// each, one would be due whenever another has run.
private final class AfterReading {
    // Made once and never changed; each thread sees its own through it.
    private nonisolated(unsafe) static let instances = ThreadSpecificVariable<AfterReading>()

    /// In so little time nothing is lost, yet it comes after the tasks that are due now. It must be longer than the loop takes
    /// to ask what is due next, or the sockets never have their turn; without optimisation that alone can take 50 µs.
    #if DEBUG
        private static let pause = TimeAmount.milliseconds(1)
    #else
        private static let pause = TimeAmount.microseconds(50)
    #endif

    /// By event loop, because a test may have several on its thread.
    private var waiting: [ObjectIdentifier: (loop: any EventLoop, bodies: [() -> Void])] = [:]
    /// The event loop on which it is being done.
    private var running: ObjectIdentifier?

    static var ofThisThread: AfterReading {
        if let instance = self.instances.currentValue { return instance }
        let instance = AfterReading()
        self.instances.currentValue = instance
        return instance
    }

    func add(_ body: @escaping () -> Void, on loop: any EventLoop) {
        let isFirst = self.waiting[ObjectIdentifier(loop)] == nil
        self.waiting[ObjectIdentifier(loop), default: (loop, [])].bodies.append(body)
        if isFirst, self.running != ObjectIdentifier(loop) { self.schedule(on: loop) }
    }

    private func schedule(on loop: any EventLoop) {
        loop.assumeIsolated().scheduleTask(in: Self.pause) { self.run(on: loop) }
    }

    private func run(on loop: any EventLoop) {
        let bodies = self.waiting.removeValue(forKey: ObjectIdentifier(loop))?.bodies ?? []
        self.running = ObjectIdentifier(loop)
        bodies.forEach { $0() }
        self.running = nil
        // Only now, or the time would have passed while they ran.
        if self.waiting[ObjectIdentifier(loop)] != nil { self.schedule(on: loop) }
    }
}
