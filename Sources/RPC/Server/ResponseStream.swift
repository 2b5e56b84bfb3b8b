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
        let executor = self.call.connection.shared.executor
        if executor.loop.inEventLoop { return try await self.writeOnLoop(message) }
        try await withTaskExecutorPreference(executor) { try await self.writeOnLoop(message) }
    }

    private func writeOnLoop(_ message: Response) async throws {
        if self.call.isOver { throw CancellationError() }
        let connection = self.call.connection
        self.call.sendHeaders()
        try connection.writeMessage { buffer throws(Status) in try buffer.writeData(message, on: self.call.stream) }
        guard connection.hasFullBatch || connection.holdsBack(self.call) else { return }
        connection.flush()
        try await self.call.waitUntilWritable()
        await Task.yield()  // to the loop's other calls, once per batch
    }
}
