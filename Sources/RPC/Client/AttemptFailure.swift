internal import NIOCore
internal import SwiftProtobuf

/// How one try of a call failed, as far as trying again is concerned.
struct AttemptFailure: Equatable {
    /// How far the request came.
    enum Reach: Equatable {
        /// No byte of it was written.
        case unsent
        /// The server says that no code of the application has seen it.
        case unprocessed
        /// It may have been executed.
        case processed
    }

    var status: Status
    var reach: Reach
    var pushback: Pushback?
}

/// What a server says about trying again.
enum Pushback: Equatable {
    case never
    case after(Duration)

    /// Reads the hint of a RESET.
    init?(_ retry: Reset.Retry) {
        switch retry {
        case .unsaid: return nil
        case .never: self = .never
        case .after(let milliseconds): self = .after(.milliseconds(milliseconds))
        }
    }

    /// Reads the hint of a response; a negative time is never.
    init(_ hint: Google_Protobuf_Duration) {
        let time = Duration.seconds(hint.seconds) + .nanoseconds(Int64(hint.nanos))
        self = time < .zero ? .never : .after(time)
    }

    /// Reads the hint among a status's details.
    init?(of status: Status) {
        guard let delay = status.retryDelay else { return nil }
        self = .after(max(.zero, delay))
    }
}
