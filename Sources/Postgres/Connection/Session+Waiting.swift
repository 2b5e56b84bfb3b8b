import CPostgres
import Glibc

// libpq never blocks here: the connection is non-blocking, and these are the only places that wait, each with a bound.
extension Session {
    /// Sends what libpq has buffered, reading meanwhile so that full buffers on both sides cannot lock up.
    func flush() throws(PostgresError) {
        let deadline = ContinuousClock.now + self.patience
        while true {
            switch PQflush(self.native) {
            case 0: return
            case 1: try self.await(POLLIN | POLLOUT, until: deadline)
            default: throw self.lost()
            }
        }
    }

    /// The next result in the pipeline; nil after the last one of a statement.
    func nextResult(until deadline: ContinuousClock.Instant) throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(self.native) == 1 {
            try self.await(POLLIN, until: deadline)
        }
        return PQgetResult(self.native)
    }

    /// Runs something while there is no answer: at once, after a millisecond, and each time after twice as long, for about a
    /// second. So much longer silence is borne.
    func untilAnswered(_ body: () -> Void) {
        var pause: Duration = .milliseconds(1)
        repeat {
            body()
            guard self.poll(for: POLLIN, until: .now + pause) == 0 else { return }
            pause *= 2
        } while pause < .seconds(1)
    }

    private func `await`(_ events: Int32, until deadline: ContinuousClock.Instant) throws(PostgresError) {
        let ready = self.poll(for: events, until: deadline)
        guard ready != 0 else {
            self.isBroken = true
            throw PostgresError(.connectionLost, "the server did not answer in time", mayHaveExecuted: true)
        }
        if ready & ~POLLOUT != 0, PQconsumeInput(self.native) != 1 { throw self.lost() }
    }

    /// The events that are there, or 0 at the deadline.
    func poll(for events: Int32, until deadline: ContinuousClock.Instant) -> Int32 {
        while true {
            let left = max(.zero, ContinuousClock.now.duration(to: deadline)) / .milliseconds(1)
            var descriptor = pollfd(fd: PQsocket(self.native), events: Int16(events), revents: 0)
            let count = Glibc.poll(&descriptor, 1, Int32(clamping: Int(left.rounded(.up))))
            if count > 0 { return Int32(descriptor.revents) }
            if count == 0 || errno != EINTR { return 0 }
        }
    }

    /// Marks the connection as broken and says why.
    func lost() -> PostgresError {
        self.isBroken = true
        return PostgresError.lost(self.native)
    }
}
