internal import NIOCore

/// The requests of one streaming call on their way from the connection to the handler.
///
/// It is bounded by the connection's `CallTable`, which is asked before anything is added.
// Touched on the event loop of the call's connection only.
final class RequestQueue: @unchecked Sendable {
    /// What a reader finds.
    enum Reading {
        case message(MessageQueue.Waiting)
        /// Nothing yet.
        case empty
        /// The client has sent its last.
        case finished
    }

    private var messages = MessageQueue()
    private var isFinished = false
    private var reader: UnsafeContinuation<Void, Never>?

    /// Whether somebody waits for a message.
    var isBeingRead: Bool { self.reader != nil }

    /// Adds a message.
    func append(_ message: MessageQueue.Waiting) {
        self.messages.append(message)
        self.wake()
    }

    /// No message follows.
    func finish() {
        self.isFinished = true
        self.wake()
    }

    /// Nobody reads any more.
    func drop() {
        self.messages = MessageQueue()
        self.finish()
    }

    /// Takes what there is.
    func read() -> Reading {
        if let message = self.messages.popFirst() { return .message(message) }
        return self.isFinished ? .finished : .empty
    }

    /// Suspends until something changes, or `wake`.
    func wait() async {
        // Unsafe for speed: resumed exactly once, by `wake`, which takes it away.
        await withUnsafeContinuation { self.reader = $0 }
    }

    /// Lets the reader look again.
    func wake() {
        self.reader.take()?.resume()
    }
}
