import Logging
import NIOCore
import Synchronization

/// One connection that comes back by itself. Callers leave commands here; the event loop takes what has gathered.
final class RedisConnection: Sendable {
    enum Status {
        /// Connected, or about to be.
        case accepting
        case down(RedisError)
        case closed
    }

    struct Outbox {
        var status = Status.accepting
        /// Commands that the event loop has not taken yet.
        var gathered: [PendingReply] = []
        /// All commands without an answer, taken or not.
        var charge = Charge()
    }

    let outbox = Mutex(Outbox())
    /// State that only the event loop touches.
    let link: NIOLoopBoundBox<Link>
    let loop: any EventLoop
    let connector: Connector
    let logger: Logger
    private let configuration: RedisConfiguration

    init(_ address: RedisAddress, _ configuration: RedisConfiguration, loop: any EventLoop, _ logger: Logger) {
        self.connector = Connector(address: address, configuration: configuration)
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
        self.link = .makeBoxSendingValue(Link(), eventLoop: loop)
    }

    func submit(_ command: PendingReply) {
        do throws(RedisError) {
            let isFirst = try self.outbox.withLock { outbox throws(RedisError) in
                try self.admit(command, to: &outbox)
                return outbox.gathered.count == 1
            }
            if isFirst { self.loop.execute { self.sendGathered() } }
        } catch {
            command.fail(error)
        }
    }

    /// Refuses new commands, fails those without an answer and closes; returns when the socket is closed.
    func close() async {
        let ended = self.loop.flatSubmit { self.end() }
        try? await ended.get()  // how the channel closed does not matter any more
    }

    /// Closes without waiting for the end.
    func abandon() {
        self.loop.execute { _ = self.end() }
    }

    private func admit(_ command: PendingReply, to outbox: inout Outbox) throws(RedisError) {
        switch outbox.status {
        case .accepting: break
        case .down(let error): throw error
        case .closed: throw RedisError(.closed, "the client was closed")
        }
        guard outbox.charge.commands < self.configuration.pendingLimit,
            outbox.charge.bytes + command.charge.bytes <= self.configuration.pendingByteLimit
        else {
            throw RedisError(.queueFull, "\(outbox.charge.commands) commands wait for their answers already")
        }
        outbox.charge += command.charge
        outbox.gathered.append(command)
    }

    func release(_ charge: Charge) {
        guard charge != Charge() else { return }
        self.outbox.withLock { $0.charge -= charge }
    }

    /// Takes over what has gathered, and sets the status if one is given, unless the connection is closed for good.
    func takeGathered(setting status: Status? = nil) -> [PendingReply] {
        self.outbox.withLock { outbox in
            if let status, !outbox.isClosed { outbox.status = status }
            defer { outbox.gathered = [] }
            return outbox.gathered
        }
    }
}

extension RedisConnection.Outbox {
    var isClosed: Bool {
        if case .closed = self.status { true } else { false }
    }

    var isDown: Bool {
        if case .down = self.status { true } else { false }
    }
}
