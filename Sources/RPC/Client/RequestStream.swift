internal import NIOCore
package import SwiftProtobuf

/// Where a caller writes the requests of one call. One task writes at a time.
package struct RequestStream<Request: Message & Sendable>: Sendable {
    private let call: ClientCall

    init(of call: ClientCall) {
        self.call = call
    }

    /// Sends one request. Suspends while the server does not keep up.
    ///
    /// - Throws: The `Status` the call has failed with, one that says that it has ended, or `CancellationError` when
    ///   the task is cancelled, which ends the call.
    package func write(_ message: Request) async throws {
        try await self.call.write(try ByteBuffer(encoding: message))
    }

    /// Says that there will be no further request; the server may answer still. More than once is as good as once.
    package func finish() async throws {
        self.call.finishWriting()
    }
}

extension ByteBuffer {
    /// Encodes a message alone.
    ///
    /// - Throws: A `Status` if it does not encode or is too long.
    init(encoding message: some Message) throws(Status) {
        self.init()
        try self.write(message, framing: .bare)
        guard self.readableBytes <= FrameHeader.longestBody else { throw Status.messageTooLong(self.readableBytes) }
    }
}
