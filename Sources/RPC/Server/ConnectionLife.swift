internal import NIOCore

/// When a connection has lived, rested or been silent for long enough, and how it then ends. A pure state machine: it is
/// told what happens and when, and says what to do when time has passed.
///
/// A client that speaks the extension is warned first and told the last stream served when it has surely read the
/// warning, so that no call gets lost. A plain client cannot be told: it is served until nothing runs.
struct ConnectionLife {
    /// What to do.
    enum Step: Equatable {
        case nothing
        /// Ask the client for a sign of life.
        case ping
        /// Tell a client that speaks the extension to open no more calls, and ask it for an answer.
        case warn(String)
        /// Serve no further calls, and close when those running are answered.
        case finish
        /// Go on serving, and close at a moment when no call runs.
        case closeWhenIdle
        /// Close at once; says why.
        case close(String)
    }

    private enum Phase: Equatable {
        case young
        /// Too old, but its client cannot be told.
        case aged
        /// To end, as soon as it is clear whether the client can be told.
        case undecided(String, until: NIODeadline)
        /// The client has been warned.
        case warned(until: NIODeadline)
        /// No further calls are served.
        case finishing
    }

    /// How long a warned client may take to answer.
    static let patience = TimeAmount.seconds(5)

    private let limits: ServerConfiguration
    private let jitter: Double
    private var isExtended = false
    private var phase = Phase.young
    private var born: NIODeadline?
    private var idleSince: NIODeadline?
    private var closesAt: NIODeadline?
    /// When to ask for a sign of life, or to give up waiting for it.
    private var keepalive: (at: NIODeadline, isAsked: Bool)?
    private var hasReceived = false

    /// `jitter` is between 0.9 and 1.1, by chance, so that connections made at a time do not end at a time.
    init(limits: ServerConfiguration, jitter: Double) {
        self.limits = limits
        self.jitter = jitter
    }

    /// Whether idle times matter.
    var watchesIdle: Bool { self.limits.maxIdle != nil && self.phase == .young }

    /// The connection stands.
    mutating func connected(at now: NIODeadline) {
        self.born = now
        self.idleSince = now
    }

    /// The client speaks the extension.
    mutating func agreed(at now: NIODeadline) -> Step {
        self.isExtended = true
        if let interval = self.limits.keepaliveInterval {
            self.keepalive = (now + TimeAmount(interval), isAsked: false)
        }
        guard case .undecided(let reason, _) = self.phase else { return .nothing }
        return self.warn(reason, at: now)
    }

    /// The client does not speak the extension.
    mutating func becamePlain() -> Step {
        guard case .undecided = self.phase else { return .nothing }
        return self.finish()
    }

    /// Something came from the client.
    mutating func received() {
        self.hasReceived = true
    }

    /// A call began or, if nothing runs any more, ended.
    mutating func turned(idle: Bool, at now: NIODeadline) {
        self.idleSince = idle ? now : nil
    }

    /// The server goes down. `isUndecided` says that the client may still show that it speaks the extension.
    mutating func shutDown(isUndecided: Bool, at now: NIODeadline) -> Step {
        guard self.phase == .young || self.phase == .aged else { return .nothing }
        if self.isExtended { return self.warn("shutdown", at: now) }
        guard isUndecided else { return self.finish() }
        self.phase = .undecided("shutdown", until: now + Self.patience)
        return .nothing
    }

    /// The client has answered the warning.
    mutating func receiveAnswer() -> Step {
        guard case .warned = self.phase else { return .nothing }
        return self.finish()
    }

    /// The connection must be gone by then.
    mutating func close(by time: NIODeadline) {
        self.phase = .finishing
        self.closesAt = min(time, self.closesAt ?? time)
    }

    /// Whether the client has been told, or could be told, that the connection ends.
    var isEnding: Bool { self.phase != .young }

    /// When to `step` next; nil is never.
    var due: NIODeadline? {
        [self.ageLimit, self.idleLimit, self.phaseLimit, self.closesAt, self.keepalive?.at].compactMap(\.self).min()
    }

    /// What is due.
    mutating func step(at now: NIODeadline) -> Step {
        if let limit = self.closesAt, limit <= now { return .close("the grace is over") }
        if let limit = self.phaseLimit, limit <= now { return self.finish() }
        if let limit = self.ageLimit, limit <= now { return self.retire("max_age", at: now) }
        if let limit = self.idleLimit, limit <= now { return self.retire("max_idle", at: now) }
        return self.keepAlive(at: now)
    }

    private mutating func retire(_ reason: String, at now: NIODeadline) -> Step {
        if self.isExtended {
            self.closesAt = self.limits.maxGrace.map { now + TimeAmount($0) }
            return self.warn(reason, at: now)
        }
        self.phase = .aged
        return .closeWhenIdle
    }

    private mutating func warn(_ reason: String, at now: NIODeadline) -> Step {
        self.phase = .warned(until: now + Self.patience)
        return .warn(reason)
    }

    private mutating func finish() -> Step {
        self.phase = .finishing
        return .finish
    }

    private mutating func keepAlive(at now: NIODeadline) -> Step {
        guard let keepalive = self.keepalive, keepalive.at <= now, let interval = self.limits.keepaliveInterval else {
            return .nothing
        }
        if self.hasReceived {
            self.hasReceived = false
            self.keepalive = (now + TimeAmount(interval), isAsked: false)
            return .nothing
        }
        if keepalive.isAsked { return .close("the client gives no sign of life") }
        self.keepalive = (now + TimeAmount(self.limits.keepaliveTimeout), isAsked: true)
        return .ping
    }

    private var ends: Bool { self.phase == .young && (self.isExtended || self.limits.retiresPlainClients) }

    private var ageLimit: NIODeadline? {
        guard self.ends, let age = self.limits.maxAge, let born = self.born else { return nil }
        return born + TimeAmount.nanoseconds(Int64(Double(TimeAmount(age).nanoseconds) * self.jitter))
    }

    private var idleLimit: NIODeadline? {
        guard self.ends, let limit = self.limits.maxIdle, let since = self.idleSince else { return nil }
        return since + TimeAmount(limit)
    }

    private var phaseLimit: NIODeadline? {
        switch self.phase {
        case .undecided(_, let limit), .warned(let limit): limit
        case .young, .aged, .finishing: nil
        }
    }
}
