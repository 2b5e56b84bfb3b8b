/// Looks at every call of a method before its handler and after its end.
///
/// Interceptors are chosen per method when the server is made; a method they cannot be made for stops start-up. They are
/// objects because each call goes through all of them: to copy values would cost a small one 4 %.
package protocol ServerInterceptor: AnyObject, Sendable {
    /// Runs before the handler, on the connection's event loop; must not block. `subject` is whom the call is about, if
    /// the method says so.
    ///
    /// - Throws: A `Status` to refuse the call.
    func before(_ call: CallContext, subject: String?) async throws

    /// Runs once for each call that reached `before`, when the call is over and its handler has returned; must not block.
    /// `status` is how the call ended; nil is well. `elapsed` is the time since the request was read.
    func after(_ call: CallContext, _ status: Status?, elapsed: Duration)
}

extension ServerInterceptor {
    /// Does nothing.
    package func after(_ call: CallContext, _ status: Status?, elapsed: Duration) {}
}

/// An interceptor that never waits, which spares each call the price of asking asynchronously.
package protocol ImmediateServerInterceptor: ServerInterceptor {
    /// Runs before the handler, on the connection's event loop; must not block. `subject` is whom the call is about, if
    /// the method says so.
    ///
    /// - Throws: A `Status` to refuse the call.
    func beforeAtOnce(_ call: CallContext, subject: String?) throws
}

extension ImmediateServerInterceptor {
    package func before(_ call: CallContext, subject: String?) async throws {
        try self.beforeAtOnce(call, subject: subject)
    }
}
