internal import NIOCore
package import SwiftProtobuf

/// Where the handler of a server-streaming method writes its responses.
package struct ResponseStream<Response: Message & Sendable>: Sendable {
    private let call: ServerCall

    init(of call: ServerCall) {
        self.call = call
    }

    /// Sends one response. Suspends only while the peer does not keep up.
    ///
    /// - Throws: `CancellationError` when the call is over or the peer is gone; a `Status` if the response is too long.
    package func write(_ message: Response) async throws {
        if self.call.connection.shared.loop.inEventLoop {
            if try self.append(message) { try await self.pause() }
        } else {
            try await withTaskExecutorPreference(self.call.connection.shared.executor) {
                if try self.append(message) { try await self.pause() }
            }
        }
    }

    /// Appends a message to the connection's output.
    ///
    /// - Returns: Whether to pause before the next.
    private func append(_ message: Response) throws -> Bool {
        if self.call.isOver { throw CancellationError() }
        let connection = self.call.connection
        self.call.sendHeaders()
        try connection.writeMessage { buffer throws(Status) in try buffer.writeData(message, on: self.call.stream) }
        return connection.hasFullBatch || connection.holdsBack(self.call)
    }

    private func pause() async throws {
        self.call.connection.flush()
        try await self.call.waitUntilWritable()
        await Task.yield()  // to the loop's other calls, once per batch
    }
}
