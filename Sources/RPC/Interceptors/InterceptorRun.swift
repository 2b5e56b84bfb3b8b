/// The interceptors of one call, and how far the call has come through them.
struct InterceptorRun {
    private let steps: [ServedMethod.Step]
    /// When the request was read.
    private let start: ContinuousClock.Instant
    private var reached = 0

    init(_ steps: [ServedMethod.Step], since start: ContinuousClock.Instant) {
        self.steps = steps
        self.start = start
    }

    /// Asks the interceptors that follow whether the call may go on, up to the first that may have to wait.
    ///
    /// - Returns: That one, which must be asked before this is called again; nil if all have been asked.
    mutating func next(_ call: CallContext, subject: String?) throws -> (any ServerInterceptor)? {
        while self.reached < self.steps.count {
            let step = self.steps[self.reached]
            self.reached += 1
            switch step {
            case .immediate(let interceptor): try interceptor.beforeAtOnce(call, subject: subject)
            case .waiting(let interceptor): return interceptor
            }
        }
        return nil
    }

    /// Tells the interceptors that were asked, the last first, how the call ended.
    func after(_ call: CallContext, _ status: Status?) {
        guard self.reached > 0 else { return }
        let elapsed = ContinuousClock.now - self.start
        for index in (0..<self.reached).reversed() {
            switch self.steps[index] {
            case .immediate(let interceptor): interceptor.after(call, status, elapsed: elapsed)
            case .waiting(let interceptor): interceptor.after(call, status, elapsed: elapsed)
            }
        }
    }
}
