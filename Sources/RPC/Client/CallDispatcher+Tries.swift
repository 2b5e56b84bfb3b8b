internal import NIOCore

// Where and when the tries of a call are made, and what follows when one fails.
extension CallDispatcher {
    /// Tries a call at an address, if possible not at that of an earlier try.
    func launch(_ call: ClientCall, after earlier: CallAttempt? = nil, _ status: Status? = nil) {
        if call.responses.isFinished { return }
        let tried = earlier.map { [$0.place] } ?? []
        guard let place = self.balancer.pick(besides: Set(tried), isUsable: { self.endpoints[$0].isUsable }) else {
            return self.launchWhenReachable(call, status)
        }
        self.launch(call, at: place)
    }

    /// Tries a call once more beside its first try, if that takes long.
    func hedge(_ call: ClientCall, in time: TimeAmount) {
        call.retryTimer = self.loop.assumeIsolated().scheduleTask(in: time) {
            guard let first = call.attempts.first, call.attempts.count == 1, self.budget.allowsRetry else { return }
            let place = self.balancer.pick(besides: [first.place]) { self.endpoints[$0].isUsable }
            if let place, !self.isClosed { self.launch(call, at: place) }
        }
    }

    /// A try of a call has failed and is on no connection any more; the call may be tried again.
    func failed(_ attempt: CallAttempt, _ failure: AttemptFailure) {
        let call = attempt.call
        guard self.isRunning(attempt) else { return }
        guard !self.isClosed, !call.responses.isFinished, call.watch == nil else {
            return self.finished(attempt, .failure(failure.status))
        }
        let retry = self.configuration.retry
        if call.attempts.count > 1, retry.mends(failure) {  // the other one may do better
            if failure.reach != .unsent { self.budget.noteFailure() }
            return call.attempts.removeAll { $0 === attempt }
        }
        let chance = Double.random(in: 0...1)
        let decision = call.retry.decide(failure, isBound: call.isBound, retry, &self.budget, chance: chance)
        guard case .retry(let delay) = decision, self.hasTime(call, delay) else {
            return self.finished(attempt, .failure(failure.status))
        }
        call.attempts = []
        if delay == .zero { return self.launch(call, after: attempt, failure.status) }
        self.launchLater(call, in: TimeAmount(delay), after: attempt, failure.status)
    }

    /// Starts a call of the client's own, which nobody waits for.
    func follow(_ call: ClientCall) {
        guard let place = call.watch?.place else { return }
        self.launch(call, at: place)
    }

    /// An address is, or is not, to be used.
    func setHealthy(_ isHealthy: Bool, at place: Int) {
        self.endpoints[place].isHealthy = isHealthy
    }

    private func launch(_ call: ClientCall, at place: Int) {
        self.watches?[place].begin()
        let attempt = CallAttempt(of: call, at: place)
        call.attempts.append(attempt)
        self.endpoints[place].place(attempt)
    }

    /// No address is worth a try at present.
    private func launchWhenReachable(_ call: ClientCall, _ status: Status?) {
        let obstacles = self.endpoints.compactMap(\.connector.obstacle)
        let first = obstacles.min { $0.until < $1.until }
        let wait = first.map { $0.until - self.loop.now } ?? TimeAmount(self.configuration.longestBackoff)
        guard self.configuration.retry.waitsForConnection, self.hasTime(call, .nanoseconds(wait.nanoseconds)) else {
            return self.end(call, status ?? first?.status ?? .noAddress)
        }
        self.launchLater(call, in: wait, after: nil, status ?? first?.status)
    }

    private func launchLater(_ call: ClientCall, in time: TimeAmount, after earlier: CallAttempt?, _ status: Status?) {
        guard self.delayed.count < self.configuration.maxConcurrentCalls else {
            return self.end(call, status ?? .tooManyRequests)
        }
        self.delayed[ObjectIdentifier(call)] = call
        call.retryTimer?.cancel()
        call.retryTimer = self.loop.assumeIsolated().scheduleTask(in: time) {
            self.delayed[ObjectIdentifier(call)] = nil
            self.launch(call, after: earlier, status)
        }
    }

    private func hasTime(_ call: ClientCall, _ delay: Duration) -> Bool {
        guard let deadline = call.deadline else { return true }
        return self.loop.now + TimeAmount(delay) < deadline
    }
}
