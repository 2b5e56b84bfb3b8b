package import Logging
internal import NIOCore
internal import Synchronization

/// What a handler knows of its call beside the request.
// A class that `ServerCall` extends, so that a call is one object. Nothing here changes without a lock.
package class CallContext: @unchecked Sendable {
    /// The method called.
    package let method: MethodDescriptor

    /// What the caller sent along.
    package let metadata: Metadata

    /// The connection, of a call that came over one.
    final let origin: CallOrigin
    /// When the request was read.
    let start: NIODeadline
    /// Nanoseconds from then on that the caller waits; 0 is no limit.
    private let timeout: Int64
    private let serial: UInt64
    private let state = Mutex(State())
    /// Whether headers or trailers were set; most handlers set none, and this costs less to look at.
    private let isAdorned = Atomic(false)

    private struct State {
        var caller: (any Sendable)?
        var trace: TraceContext?
        var headers = Metadata()
        var trailers = Metadata()
    }

    /// Makes the context of one call. `serial` is unlike that of any other call with high probability and names a call
    /// that does not name itself.
    init(
        method: MethodDescriptor,
        metadata: Metadata,
        origin: CallOrigin,
        start: NIODeadline = .now(),
        timeout: Int64 = 0,
        serial: UInt64
    ) {
        self.method = method
        self.metadata = metadata
        self.origin = origin
        self.start = start
        self.timeout = timeout
        self.serial = serial
    }

    /// When the caller stops waiting; the server answers `DEADLINE_EXCEEDED` by itself then.
    package var deadline: ContinuousClock.Instant? {
        guard self.timeout > 0 else { return nil }
        return .now + .nanoseconds(self.timeout - (NIODeadline.now() - self.start).nanoseconds)
    }

    /// Who is at the other end of the connection.
    package var peer: Peer { self.origin.peer }

    /// Who is there by the certificate it has shown; nil where the listener demands none.
    package var certificate: PeerCertificate? { self.origin.certificate }

    /// Who calls, as an interceptor found out before the handler runs.
    package var identity: (any Sendable)? {
        get { self.state.withLock { $0.caller } }
        set { self.state.withLock { $0.caller = newValue } }
    }

    /// What the caller learns before the first response message, up to 8 KiB of keys and values; more is left out. Setting
    /// them later has no effect. Plain clients pass over them.
    package var headers: Metadata {
        get { self.state.withLock { $0.headers } }
        set {
            self.state.withLock { $0.headers = newValue }
            self.isAdorned.store(true, ordering: .relaxed)
        }
    }

    /// What the caller learns with the end of the call, up to 8 KiB of keys and values; more is left out. Plain clients
    /// pass over them.
    package var trailers: Metadata {
        get { self.state.withLock { $0.trailers } }
        set {
            self.state.withLock { $0.trailers = newValue }
            self.isAdorned.store(true, ordering: .relaxed)
        }
    }

    /// What goes along with the answer; nil if nothing does.
    var extras: ResponseExtras? {
        guard self.isAdorned.load(ordering: .relaxed) else { return nil }
        return self.state.withLock { ResponseExtras(headers: $0.headers, trailers: $0.trailers) }
    }

    /// Where the call stands in its trace, if an interceptor follows traces.
    package var trace: TraceContext? {
        get { self.state.withLock { $0.trace } }
        set { self.state.withLock { $0.trace = newValue } }
    }

    /// Names the call in logs: the caller's `x-request-id` if it is 1 to 64 of `A-Za-z0-9-_.`, else 16 random hex digits.
    package var requestID: String {
        if let given = self.metadata["x-request-id"], Self.isRequestID(given) { return given }
        let digits = String(self.serial, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The server's logger with the method, the request ID and the place in the trace.
    package var logger: Logger {
        var logger = self.origin.logger
        for (key, value) in self.trace?.logMetadata ?? [:] { logger[metadataKey: key] = value }
        logger[metadataKey: "method"] = "\(self.method.path)"
        logger[metadataKey: "request-id"] = "\(self.requestID)"
        return logger
    }

    /// Whether the log takes messages of a level; to make `logger` is dear beside a small call.
    package func isLogged(at level: Logger.Level) -> Bool {
        level >= self.origin.logLevel
    }

    private static func isRequestID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

/// Where calls come from: what those of one connection share.
// A class that `ServerConnection` extends, so that a call refers to one object. Changed before the first call only.
class CallOrigin: @unchecked Sendable {
    final var peer: Peer
    final var certificate: PeerCertificate?
    /// The server's, without anything of a call.
    final let logger: Logger
    /// The logger's; to ask it is dear beside a small call.
    final let logLevel: Logger.Level

    init(_ peer: Peer, logger: Logger) {
        self.peer = peer
        self.logger = logger
        self.logLevel = logger.logLevel
    }
}
