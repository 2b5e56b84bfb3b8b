package import SwiftProtobuf

/// Where the handler of a server-streaming method writes its responses.
package struct ResponseStream<Response: Message & Sendable>: Sendable {
    /// Sends one response. Suspends only while the peer does not keep up.
    ///
    /// - Throws: `CancellationError` when the call is over or the peer is gone.
    package func write(_ message: Response) async throws {
        throw CancellationError()
    }
}
