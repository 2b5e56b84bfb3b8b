package import SwiftProtobuf

/// The responses of one call, in the order the server sent them.
package struct ResponseSequence<Response: Message & Sendable>: AsyncSequence {
    package typealias Element = Response

    package func makeAsyncIterator() -> Iterator {
        Iterator()
    }

    /// Reads the responses.
    package struct Iterator: AsyncIteratorProtocol {
        /// The next response; nil after the last.
        ///
        /// - Throws: `Status` if the call failed, `CancellationError` when the task is cancelled.
        package mutating func next() async throws -> Response? {
            nil
        }
    }
}
