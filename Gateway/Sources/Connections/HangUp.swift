import NIOCore
import Synchronization

/// Knows when the client of a connection has hung up, so that the call made for it can be cancelled.
///
/// A client that closes only its sending side while a call runs has hung up too: TCP shows no difference.
final class HangUp: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any

    private struct State {
        var isGone = false
        /// Of the call that runs. A connection has one at a time.
        var waiter: AsyncStream<Never>.Continuation?
    }

    private let state = Mutex(State())

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { self.clientLeft() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.clientLeft()
        context.fireChannelInactive()
    }

    private func clientLeft() {
        let waiter = self.state.withLock { state in
            state.isGone = true
            return state.waiter.take()
        }
        waiter?.finish()
    }

    /// Runs `operation` and cancels it when the client hangs up.
    ///
    /// - Throws: what `operation` throws; `CancellationError` when the client has gone.
    func cancelling<Value: Sendable>(_ operation: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await operation() }
            group.addTask {
                await self.clientGone()
                throw CancellationError()
            }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    /// Returns when the client has gone or the task is cancelled.
    private func clientGone() async {
        let (never, waiter) = AsyncStream<Never>.makeStream()
        let isGone = self.state.withLock { state in
            state.waiter = waiter
            return state.isGone
        }
        if isGone { waiter.finish() }
        for await _ in never {}
    }
}
