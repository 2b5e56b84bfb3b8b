internal import Logging
internal import NIOCore
internal import SwiftProtobuf

extension ServerCall {
    /// Ends a call that has one response with it.
    ///
    /// - Throws: A `Status` if the response does not encode or is too long.
    func reply(_ response: some Message) throws {
        guard !self.isOver else { return }
        let extras = self.extras
        let connection = self.connection
        do throws(Status) {
            try connection.writeMessage { buffer throws(Status) in
                let start = buffer.writerIndex
                try buffer.writeResponse(response, on: self.stream)
                if let extras { buffer.append(extras, toFrameAt: start) }
            }
        } catch {
            self.isBare = true
            throw error
        }
        self.succeeded(on: connection)
        if connection.hasFullBatch { connection.flush() }  // or many long answers would gather in one turn
    }

    /// Ends a stream of responses.
    func endStream() {
        guard !self.isOver else { return }
        self.sendHeaders()
        let connection = self.connection
        if let trailers = self.extras?.trailers {
            connection.writeMetadata(trailers, isTrailing: true, on: self.stream)
        }
        connection.write { $0.writeEnd(of: self.stream) }
        self.succeeded(on: connection)
    }

    /// Tells the client the headers of a stream, the first time.
    func sendHeaders() {
        guard !self.hasSentHeaders else { return }
        self.hasSentHeaders = true
        guard let headers = self.extras?.headers else { return }
        self.connection.writeMetadata(headers, isTrailing: false, on: self.stream)
    }

    /// What goes along with an error.
    var errorExtras: ResponseExtras {
        guard !self.isBare, var extras = self.extras else { return ResponseExtras() }
        if self.hasSentHeaders { extras.headers = Metadata() }
        return extras
    }

    /// What the client is told of an error. Internals stay in the log.
    func status(for error: any Error) -> Status {
        switch error {
        case let status as Status where status.code != .ok:
            return status
        case let error as any StatusConvertible:
            self.logger.warning("Handler failed", metadata: ["error": "\(error)"])
            return error.status
        case is CancellationError:
            return Status(.cancelled, "The call was cancelled.", reason: "CANCELLED")
        default:
            if !self.isOver { self.logger.error("Handler failed", metadata: ["error": "\(error)"]) }
            return Status(.unknown, "The server failed to serve the call.", reason: "HANDLER_FAILED")
        }
    }
}
