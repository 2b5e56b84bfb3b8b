extension Status {
    /// The kinds of failure, numbered as in `google.rpc.Code`.
    package enum Code: Int, Sendable, CaseIterable {
        /// Not a failure.
        case ok = 0
        /// The caller gave up.
        case cancelled
        /// The handler failed in a way it did not foresee.
        case unknown
        /// The request is wrong whatever the state of the system.
        case invalidArgument
        /// The time for the call ran out.
        case deadlineExceeded
        /// What the request names does not exist.
        case notFound
        /// What the request would make exists already.
        case alreadyExists
        /// The caller is known and may not do this.
        case permissionDenied
        /// A quota, a rate or a size is used up.
        case resourceExhausted
        /// The state must change before this can succeed.
        case failedPrecondition
        /// A conflict; the caller may try again one level higher.
        case aborted
        /// The request goes past the end of something.
        case outOfRange
        /// There is no such method.
        case unimplemented
        /// The server broke one of its own rules.
        case `internal`
        /// The server cannot be reached or will not take the call now.
        case unavailable
        /// Stored data is lost or damaged.
        case dataLoss
        /// The caller did not say, or could not prove, who it is.
        case unauthenticated

        /// The code of a number received; numbers nobody defined read as `unknown`.
        package init(number: Int32) {
            self = Code(rawValue: Int(number)) ?? .unknown
        }

        /// The name in UPPER_SNAKE_CASE, such as `INVALID_ARGUMENT`.
        package var name: String {
            String(describing: self).reduce(into: "") { name, letter in
                if letter.isUppercase { name.append("_") }
                name.append(contentsOf: letter.uppercased())
            }
        }
    }
}
