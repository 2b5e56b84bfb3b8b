internal import NIOCore
package import SwiftProtobuf

/// The requests of a client that streams, in the order it sent them. They can be read once, by one task at a time.
package struct RequestSequence<Request: Message & Sendable>: AsyncSequence, Sendable {
    package typealias Element = Request

    private let call: ServerCall
    private let queue: RequestQueue

    /// `call` is of a method whose client streams.
    init(of call: ServerCall) {
        guard let queue = call.requests else { preconditionFailure("The method's client does not stream.") }
        self.call = call
        self.queue = queue
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(call: self.call, queue: self.queue)
    }

    /// Reads the requests.
    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let call: ServerCall
        fileprivate let queue: RequestQueue

        /// The next request; nil after the last.
        ///
        /// - Throws: `CancellationError` when the call is over or the task is cancelled; a `Status` if the request does not
        ///   decode or two tasks read at a time.
        package mutating func next() async throws -> Request? {
            let executor = self.call.connection.shared.executor
            if executor.loop.inEventLoop { return try await self.call.nextRequest(in: self.queue) }
            let (call, queue) = (self.call, self.queue)
            return try await withTaskExecutorPreference(executor) { try await call.nextRequest(in: queue) }
        }
    }
}

// MARK: - On the event loop

extension ServerCall {
    /// Decodes the next request; nil after the last.
    fileprivate func nextRequest<Request: Message>(in queue: RequestQueue) async throws -> Request? {
        while !self.isOver {
            switch queue.read() {
            case .message(let message):
                self.connection.consumed(message, by: self)
                return try Request(request: try self.original(of: message))
            case .finished: return nil
            case .empty: try await self.waitForRequest(in: queue)
            }
        }
        throw CancellationError()
    }

    /// The message as its client meant it.
    ///
    /// - Throws: A `Status`, with which the call has ended then.
    private func original(of message: MessageQueue.Waiting) throws(Status) -> ByteBuffer {
        guard message.isCompressed else { return message.bytes }
        do {
            return try self.connection.decompress(message.bytes)
        } catch {
            self.fail(error)
            throw error
        }
    }

    private func waitForRequest(in queue: RequestQueue) async throws {
        if queue.isBeingRead { throw Status.twoReaders }
        try Task.checkCancellation()
        await withTaskCancellationHandler {
            await queue.wait()
        } onCancel: {
            self.connection.shared.loop.execute { queue.wake() }
        }
    }
}

extension Message {
    /// Decodes the one request of a call.
    ///
    /// - Throws: A `Status` if it is not such a message.
    init(of call: borrowing ServerCall) throws(Status) {
        try self.init(request: call.takePayload())
    }

    /// Decodes a request.
    ///
    /// - Throws: A `Status` if the bytes are not such a message.
    init(request bytes: borrowing ByteBuffer) throws(Status) {
        self.init()
        do {
            try bytes.withBytes { try self.decode($0.bytes) }
        } catch {
            throw Violation.malformedRequest.status
        }
    }
}

extension Status {
    fileprivate static var twoReaders: Status {
        Status(.internal, "Two tasks read the same stream.", reason: "TWO_READERS")
    }
}
