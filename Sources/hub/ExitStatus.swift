import RPC

/// What the program tells the shell that ran it.
enum ExitStatus: Int32, CaseIterable {
    case success = 0
    case failure = 1
    case usage = 2
    case unauthenticated = 3
    case denied = 4
    case notFound = 5
    case exhausted = 6
    case unavailable = 7
    case invalid = 8
    case cancelled = 130
    case brokenPipe = 141

    init(_ code: Status.Code) {
        switch code {
        case .ok: self = .success
        case .unauthenticated: self = .unauthenticated
        case .permissionDenied: self = .denied
        case .notFound: self = .notFound
        case .resourceExhausted: self = .exhausted
        case .unavailable, .deadlineExceeded: self = .unavailable
        case .invalidArgument, .failedPrecondition, .alreadyExists, .aborted, .outOfRange: self = .invalid
        case .cancelled: self = .cancelled
        case .unknown, .unimplemented, .internal, .dataLoss: self = .failure
        }
    }

    /// What it says in `--help`.
    var meaning: String {
        switch self {
        case .success: "done"
        case .failure: "failed for a reason of the hub's own"
        case .usage: "the command line is wrong"
        case .unauthenticated: "not signed in"
        case .denied: "not allowed"
        case .notFound: "not found"
        case .exhausted: "not enough credits, or a limit reached"
        case .unavailable: "no answer from the server, or not in time"
        case .invalid: "the request was refused as invalid, repeated or too late"
        case .cancelled: "cancelled with Ctrl-C"
        case .brokenPipe: "the reader of the output went away"
        }
    }

    /// The list of all of them.
    static var summary: String {
        let lines = self.allCases.map { status in
            let number = String(status.rawValue)
            return "  " + number + String(repeating: " ", count: 5 - number.count) + status.meaning
        }
        return "EXIT STATUS:\n" + lines.joined(separator: "\n")
    }
}
