internal import NIOCore

/// Whether and how often a client asks a silent server for a sign of life.
package struct KeepaliveConfiguration: Sendable {
    /// The shortest interval there is.
    static let shortestInterval = Duration.seconds(10)

    /// Silence after which the server is asked; at least ten seconds, and at least what the server demands.
    package var interval: Duration

    /// How long the answer may take before the connection is given up.
    package var timeout: Duration

    /// Whether the server is asked also while no call runs.
    package var whenIdle: Bool

    /// Makes a configuration.
    package init(interval: Duration = .seconds(60), timeout: Duration = .seconds(20), whenIdle: Bool = false) {
        self.interval = interval
        self.timeout = timeout
        self.whenIdle = whenIdle
    }
}

/// When to ask the other end of a connection for a sign of life, and when to give it up. A pure value, told the time.
struct Keepalive {
    /// What to do now.
    enum Action: Equatable {
        case wait(until: NIODeadline)
        case ping
        case giveUp
    }

    private let interval: TimeAmount
    private let timeout: TimeAmount
    private let whenIdle: Bool
    private var lastSign: NIODeadline
    private var pingedAt: NIODeadline?

    /// `minInterval` is what the server demands, in milliseconds; `factor` stretches the interval, because the server has
    /// complained.
    init(_ configuration: KeepaliveConfiguration, minInterval: Int, factor: Int = 1, now: NIODeadline) {
        let asked = max(configuration.interval, KeepaliveConfiguration.shortestInterval)
        self.interval = TimeAmount(max(asked, .milliseconds(minInterval)) * factor)
        self.timeout = TimeAmount(configuration.timeout)
        self.whenIdle = configuration.whenIdle
        self.lastSign = now
    }

    /// Bytes arrived.
    mutating func sawLife(at now: NIODeadline) {
        self.lastSign = now
        self.pingedAt = nil
    }

    /// Time has passed.
    mutating func check(at now: NIODeadline, isIdle: Bool) -> Action {
        if let pingedAt = self.pingedAt {
            return now >= pingedAt + self.timeout ? .giveUp : .wait(until: pingedAt + self.timeout)
        }
        let due = self.lastSign + self.interval
        guard now >= due else { return .wait(until: due) }
        guard !isIdle || self.whenIdle else { return .wait(until: now + self.interval) }
        self.pingedAt = now
        return .ping
    }
}
