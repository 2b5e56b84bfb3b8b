internal import NIOCore
package import SwiftProtobuf

/// The responses of one call, in the order the server sent them. They can be read once.
package struct ResponseSequence<Response: Message & Sendable>: AsyncSequence, Sendable {
    package typealias Element = Response

    private let call: ClientCall

    init(of call: ClientCall) {
        self.call = call
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(call: self.call)
    }

    /// Reads the responses.
    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let call: ClientCall

        /// The next response; nil after the last.
        ///
        /// - Throws: `Status` if the call failed, `CancellationError` when the task is cancelled.
        package mutating func next() async throws -> Response? {
            guard let message = try await self.call.next() else { return nil }
            return try Response(decoding: message)
        }
    }
}

extension Message {
    /// Decodes a response.
    ///
    /// - Throws: A `Status` if the bytes are not such a message.
    init(decoding bytes: ByteBuffer) throws(Status) {
        self.init()
        do {
            try bytes.withBytes { try self.decode($0.bytes) }
        } catch {
            throw Status.malformedResponse
        }
    }
}
