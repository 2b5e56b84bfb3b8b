/// Why a frame is answered with an error without a handler seeing it.
enum Violation: Equatable {
    case evenStream
    case streamReused
    case streamInactive
    case unexpectedData
    case queueFull
    case oversize
    case messageTooLong
    case noRoom
    case malformedCompression
    case tooManyCalls
    case draining
    case malformedRequest
    case metadataTooLarge
    case expired

    /// What the client is told.
    var status: Status {
        switch self {
        case .evenStream: Status(.invalidArgument, "stream id must be odd", reason: "EVEN_STREAM")
        case .streamReused: Status(.invalidArgument, "The stream id is in use.", reason: "STREAM_REUSED")
        case .streamInactive: Status(.invalidArgument, "StreamID is no longer active", reason: "STREAM_INACTIVE")
        case .unexpectedData:
            Status(.invalidArgument, "The call takes no further messages.", reason: "UNEXPECTED_DATA")
        case .queueFull:
            Status(
                .resourceExhausted,
                "The call's handler does not keep up with its messages.",
                reason: "STREAM_QUEUE_FULL"
            )
        case .oversize:
            Status(.resourceExhausted, "The frame is longer than accepted.", reason: "FRAME_TOO_LONG")
        case .messageTooLong:
            Status(.resourceExhausted, "The message is longer than accepted.", reason: "MESSAGE_TOO_LONG")
        case .noRoom:
            Status(
                .resourceExhausted,
                "Too many messages are unfinished on this connection.",
                reason: "TOO_MANY_UNFINISHED"
            )
        case .malformedCompression:
            Status(.internal, "The message does not decompress.", reason: "MALFORMED_COMPRESSION")
        case .tooManyCalls:
            Status(.resourceExhausted, "Too many calls run on this connection.", reason: "TOO_MANY_CALLS")
        case .draining: Status(.unavailable, "The server is shutting down.", reason: "DRAINING")
        case .malformedRequest:
            Status(.invalidArgument, "The request does not decode.", reason: "MALFORMED_REQUEST")
        case .metadataTooLarge:
            Status(.resourceExhausted, "The metadata of the request is too large.", reason: "METADATA_TOO_LARGE")
        case .expired: Status(.deadlineExceeded, "The deadline has passed.", reason: "DEADLINE_EXCEEDED")
        }
    }
}
