import NIOCore
import Synchronization

/// Wakes the waiting request of its connection when the caller hangs up. A connection has one request at a time.
final class HangUp: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = NIOAny

    private enum State {
        case idle
        case waiting(AsyncStream<Never>.Continuation)
        case gone
    }

    private let state = Mutex(State.idle)

    /// Lets time pass.
    ///
    /// - Throws: `CancellationError` as soon as the caller is gone.
    func wait(for duration: Duration) async throws {
        guard duration > .zero else { return }
        let (signal, continuation) = AsyncStream<Never>.makeStream()
        self.begin(continuation)
        defer { self.state.withLock { if case .waiting = $0 { $0 = .idle } } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await _ in signal {}
                throw CancellationError()
            }
            group.addTask { try await Task.sleep(for: duration) }
            try await group.next()
        }
    }

    private func begin(_ continuation: AsyncStream<Never>.Continuation) {
        self.state.withLock {
            if case .gone = $0 { return continuation.finish() }
            $0 = .waiting(continuation)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.state.withLock {
            if case .waiting(let continuation) = $0 { continuation.finish() }
            $0 = .gone
        }
        context.fireChannelInactive()
    }
}
