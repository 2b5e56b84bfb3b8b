internal import NIOCore

extension EventLoop {
    /// Does something once the event loop has looked at its sockets. What is merely executed comes before them, so that
    /// what executes itself again and again would keep them waiting for ever. Only on the event loop.
    func afterReading(_ body: @escaping () -> Void) {
        // Due in so little time that nothing is lost by it, yet not before the tasks are done that are due now.
        self.assumeIsolated().scheduleTask(in: .microseconds(50), body)
    }
}
