internal import NIOCore

extension ClientConnection {
    /// Begins to ask for signs of life, if that is wanted.
    func startKeepalive(_ agreement: Agreement) {
        guard let configuration = self.dispatcher.configuration.keepalive else { return }
        self.extended?.keepalive = Keepalive(
            configuration,
            minInterval: agreement.minPingInterval,
            factor: self.endpoint.keepaliveFactor,
            now: self.dispatcher.loop.now
        )
        self.checkLife()
    }

    private func checkLife() {
        let now = self.dispatcher.loop.now
        if self.isPaused { self.extended?.keepalive?.sawLife(at: now) }  // a sign would not be read
        switch self.extended?.keepalive?.check(at: now, isIdle: self.streams.isIdle) {
        case nil: break
        case .giveUp: self.breakOff(.noError, "no sign of life")
        case .ping:
            self.output.write(.ping(UInt64.random(in: 0 ... .max), isAcknowledgement: false))
            self.flush()
            self.checkLife()
        case .wait(let time):
            self.extended?.keepaliveTimer = self.dispatcher.loop.assumeIsolated()
                .scheduleTask(deadline: time) { [weak self] in
                    guard let self, self.isOpen else { return }
                    self.checkLife()
                }
        }
    }
}
