import NIOCore
import Synchronization

/// A command and the caller who waits for its reply. Answered once, by whoever comes first: the reply, the timeout, the
/// end of the connection or the caller's own cancellation.
final class PendingReply: Sendable {
    typealias Answer = @Sendable (Result<Reply, any Error>) -> Void

    private enum Phase {
        case fresh
        case waiting(Answer)
        case gone
    }

    let command: Command
    /// What it counts against the bounds; nothing if it is the connection's own.
    let charge: Charge
    private let phase = Mutex(Phase.fresh)

    init(_ command: Command, isOwn: Bool = false) {
        self.command = command
        self.charge = isOwn ? Charge() : Charge(commands: 1, bytes: command.bytes.readableBytes)
    }

    /// Whether nobody waits any more.
    var isGone: Bool {
        self.phase.withLock { phase in
            if case .gone = phase { true } else { false }
        }
    }

    /// From now on the caller is there to be answered; at once if it was cancelled before, and then this is false.
    func wait(_ answer: @escaping Answer) -> Bool {
        let isFresh = self.phase.withLock { phase in
            guard case .fresh = phase else { return false }
            phase = .waiting(answer)
            return true
        }
        if !isFresh { answer(.failure(CancellationError())) }
        return isFresh
    }

    func finish(_ reply: Reply) {
        self.leave()?(.success(reply))
    }

    func fail(_ error: any Error) {
        self.leave()?(.failure(error))
    }

    private func leave() -> Answer? {
        self.phase.withLock { phase in
            defer { phase = .gone }
            guard case .waiting(let answer) = phase else { return nil }
            return answer
        }
    }
}
