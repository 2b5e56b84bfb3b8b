package import Logging
internal import NIOCore
internal import Synchronization

/// What a handler knows of its call beside the request.
// A class that `ServerCall` extends, so that a call is one object. What changes once the handler runs has a lock.
package class CallContext: @unchecked Sendable {
    final let head: CallHead
    /// When the request was read.
    let start: NIODeadline
    /// Nanoseconds from then on that the caller waits; 0 is no limit.
    let timeout: Int64
    private let serial: UInt64
    /// What is told to the caller beside the answer. Most handlers set nothing, which `isAdorned` says at less cost.
    private let adornment = Mutex<ResponseExtras?>(nil)
    private let isAdorned = Atomic(false)
    /// Whether all interceptors have been asked.
    private var isAdmitted = false

    /// Makes the context of one call. `serial` is unlike that of any other call with high probability and names a call
    /// that does not name itself.
    init(_ head: consuming CallHead, start: NIODeadline = .now(), timeout: Int64 = 0, serial: UInt64) {
        self.head = head
        self.start = start
        self.timeout = timeout
        self.serial = serial
    }

    /// The method called.
    package var method: MethodDescriptor { self.head.method }

    /// What the caller sent along.
    package var metadata: Metadata { self.head.metadata }

    /// What the caller presents as `authorization`; nil if there is none, or more than one.
    package var credential: Credential? { self.head.credential }

    /// When the caller stops waiting; the server answers `DEADLINE_EXCEEDED` by itself then.
    package var deadline: ContinuousClock.Instant? {
        guard self.timeout > 0 else { return nil }
        return .now + .nanoseconds(self.timeout - (NIODeadline.now() - self.start).nanoseconds)
    }

    /// Who is at the other end of the connection.
    package var peer: Peer { self.head.origin.peer }

    /// Who is there by the certificate it has shown; nil where the listener demands none.
    package var certificate: PeerCertificate? { self.head.origin.certificate }

    /// Who calls, as an interceptor found out before the handler runs; it must not be set later. An object, as to keep any
    /// value and to look what it is costs each call 3 %.
    package var identity: (any AnyObject & Sendable)? {
        willSet { self.expectInterceptor() }
    }

    /// Where the call stands in its trace, if an interceptor follows traces; it must not be set later.
    package var trace: TraceContext? {
        willSet { self.expectInterceptor() }
    }

    /// All interceptors have admitted the call.
    func admitted() {
        self.isAdmitted = true
    }

    /// From when the handler runs, any thread may read what interceptors have set, without a lock.
    private func expectInterceptor() {
        precondition(!self.isAdmitted, "Only interceptors may say who calls or where in a trace a call stands.")
    }

    /// What the caller learns before the first response message, up to 8 KiB of keys and values; more is left out. Setting
    /// them later has no effect. Plain clients pass over them.
    package var headers: Metadata {
        get { self.adornment.withLock { $0?.headers } ?? Metadata() }
        set { self.adorn { $0.headers = newValue } }
    }

    /// What the caller learns with the end of the call, up to 8 KiB of keys and values; more is left out. Plain clients
    /// pass over them.
    package var trailers: Metadata {
        get { self.adornment.withLock { $0?.trailers } ?? Metadata() }
        set { self.adorn { $0.trailers = newValue } }
    }

    /// What goes along with the answer; nil if nothing does.
    var extras: ResponseExtras? {
        guard self.isAdorned.load(ordering: .relaxed) else { return nil }
        return self.adornment.withLock(\.self)
    }

    private func adorn(_ change: (inout ResponseExtras) -> Void) {
        self.adornment.withLock { adornment in
            var extras = adornment ?? ResponseExtras()
            change(&extras)
            adornment = extras
        }
        self.isAdorned.store(true, ordering: .relaxed)
    }

    /// Names the call in logs: the caller's `x-request-id` if it is 1 to 64 of `A-Za-z0-9-_.`, else 16 random hex digits.
    package var requestID: String {
        if let given = self.metadata["x-request-id"], Self.isRequestID(given) { return given }
        let digits = String(self.serial, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The server's logger with the method, the request ID and the place in the trace.
    package var logger: Logger {
        var logger = self.head.origin.logger
        for (key, value) in self.trace?.logMetadata ?? [:] { logger[metadataKey: key] = value }
        logger[metadataKey: "method"] = "\(self.method.path)"
        logger[metadataKey: "request-id"] = "\(self.requestID)"
        return logger
    }

    /// Whether the log takes messages of a level; to make `logger` is dear beside a small call.
    package func isLogged(at level: Logger.Level) -> Bool {
        level >= self.head.origin.logLevel
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

/// What a call is from the start: where it comes from, its method and what was sent along.
// A class that `RequestHead` extends, so that calls that are alike share one object. All that is stored is constant and can
// be shared.
class CallHead: @unchecked Sendable {
    final let method: MethodDescriptor
    final let metadata: Metadata
    final let credential: Credential?
    final let origin: CallOrigin

    init(method: MethodDescriptor, metadata: Metadata, credential: Credential?, origin: CallOrigin) {
        self.method = method
        self.metadata = metadata
        self.credential = credential
        self.origin = origin
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
