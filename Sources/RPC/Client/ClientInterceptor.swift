/// Looks at every call of a client before it is sent and after its end. Repeated tries of a call are one call.
package protocol ClientInterceptor: Sendable {
    /// Runs before the call is sent; may change what is sent along.
    ///
    /// - Throws: What the caller gets instead of the call.
    func before(_ call: inout OutgoingCall) async throws

    /// Runs once for each call that reached `before`, when the call is over. `status` is how it ended; nil is well.
    func after(_ call: OutgoingCall, _ status: Status?, elapsed: Duration)
}

extension ClientInterceptor {
    /// Does nothing.
    package func before(_ call: inout OutgoingCall) async throws {}

    /// Does nothing.
    package func after(_ call: OutgoingCall, _ status: Status?, elapsed: Duration) {}
}

/// A call as interceptors see it.
package struct OutgoingCall: Sendable {
    /// What is called.
    package let method: MethodDescriptor

    /// What will be sent along.
    package var metadata: Metadata

    /// When the caller stops to wait; nil is never.
    package let deadline: ContinuousClock.Instant?
}

/// The interceptors of one call, and how far the call has come through them.
struct ClientInterceptorRun {
    private let interceptors: [any ClientInterceptor]
    private let start = ContinuousClock.now
    private var reached = 0
    private(set) var call: OutgoingCall

    init(_ interceptors: [any ClientInterceptor], _ method: MethodDescriptor, _ options: CallOptions) {
        self.interceptors = interceptors
        let start = self.start
        self.call = OutgoingCall(
            method: method,
            metadata: options.metadata,
            deadline: options.timeout.map { start + $0 }
        )
    }

    /// Shows the call to each interceptor in turn.
    mutating func before() async throws {
        for interceptor in self.interceptors {
            self.reached += 1
            try await interceptor.before(&self.call)
        }
    }

    /// Tells the interceptors that saw the call, the last first, how it ended.
    func after(_ error: (any Error)?) {
        let elapsed = ContinuousClock.now - self.start
        let status = error.map(Status.init(endingCallWith:))
        for interceptor in self.interceptors.prefix(self.reached).reversed() {
            interceptor.after(self.call, status, elapsed: elapsed)
        }
    }
}

extension Status {
    /// How a call ended whose caller got an error.
    fileprivate init(endingCallWith error: any Error) {
        switch error {
        case let status as Status: self = status
        case is CancellationError: self.init(.cancelled, "The caller gave up.", reason: "CANCELLED")
        default: self.init(.cancelled, "The caller failed.", reason: "CALLER_FAILED")
        }
    }
}
