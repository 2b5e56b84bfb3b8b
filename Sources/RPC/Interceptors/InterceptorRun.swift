/// The interceptors of one call, and how far the call has come through them.
struct InterceptorRun {
    private let interceptors: [any ServerInterceptor]
    private let start: ContinuousClock.Instant?
    private var reached = 0

    init(_ interceptors: [any ServerInterceptor]) {
        self.interceptors = interceptors
        self.start = interceptors.isEmpty ? nil : .now
    }

    /// Asks each interceptor in turn whether the call may go on.
    mutating func before(_ call: CallContext, subject: String?) async throws {
        for interceptor in self.interceptors {
            self.reached += 1
            try await interceptor.before(call, subject: subject)
        }
    }

    /// Tells the interceptors that were asked, the last first, how the call ended.
    func after(_ call: CallContext, _ status: Status?) {
        guard let start = self.start else { return }
        let elapsed = ContinuousClock.now - start
        for interceptor in self.interceptors.prefix(self.reached).reversed() {
            interceptor.after(call, status, elapsed: elapsed)
        }
    }
}
