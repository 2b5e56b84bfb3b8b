internal import NIOCore

/// One call from the caller's side: what is sent, what came back, where it stands.
// `connection`, `stream` and `timer` are touched on the client's event loop only; the rest is immutable or has a lock.
final class ClientCall: @unchecked Sendable {
    let method: MethodDescriptor
    /// The encoded request but for its timeout.
    let envelope: ByteBuffer
    let deadline: NIODeadline?
    let responses: ResponseQueue
    private let dispatcher: CallDispatcher
    var connection: ClientConnection?
    var stream: UInt32 = 0
    var timer: Deadlines<ClientCall>.Ticket?

    init(_ method: MethodDescriptor, _ envelope: ByteBuffer, deadline: NIODeadline?, _ dispatcher: CallDispatcher) {
        self.method = method
        self.envelope = envelope
        self.deadline = deadline
        self.responses = ResponseQueue(limit: dispatcher.configuration.streamQueueLimit)
        self.dispatcher = dispatcher
    }

    /// The next response; nil after the last.
    ///
    /// - Throws: How the call failed; `CancellationError` when the task is cancelled, which ends the call.
    func next() async throws -> ByteBuffer? {
        try await withTaskCancellationHandler {
            try await self.responses.next { self.dispatcher.resumeReading(for: self) }
        } onCancel: {
            self.abandon()
        }
    }

    /// Ends the call at once for a caller that no longer wants it. Without effect if it has ended.
    func abandon() {
        self.responses.cancel()
        self.dispatcher.forget(self)
    }
}
