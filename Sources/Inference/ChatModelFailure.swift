/// Why a model gave no answer, or only part of one.
package struct ChatModelFailure: Error, Sendable, Equatable {
    /// How far the call had come; it decides who pays and whether it may be tried again.
    package enum Phase: Sendable, Equatable {
        /// The request never left us.
        case notSent
        /// The provider declined it for now, with this HTTP status.
        case refused(status: Int)
        /// The provider will always decline it, with this HTTP status.
        case permanent(status: Int)
        /// It was sent, no text came back, and the provider may bill it.
        case ambiguous
        /// Text was handed over before it broke; the provider bills it.
        case midStream
    }

    /// How far the call had come.
    package var phase: Phase
    /// What happened, for the operator's log. May quote the provider, so it is not for callers.
    package var message: String
    /// How long the provider asks to wait.
    package var retryAfter: Duration?
    /// The provider rejects our key or our account is empty there: nobody is served until an operator acts.
    package var needsOperator: Bool
    /// What the provider had counted before it broke; rarely known.
    package var usage: ReportedUsage?

    package init(
        _ phase: Phase,
        _ message: String,
        retryAfter: Duration? = nil,
        needsOperator: Bool = false,
        usage: ReportedUsage? = nil
    ) {
        self.phase = phase
        self.message = message
        self.retryAfter = retryAfter
        self.needsOperator = needsOperator
        self.usage = usage
    }

    /// Whether the provider may charge us for this call.
    package var mayBeBilled: Bool { self.phase == .ambiguous || self.phase == .midStream }
}
