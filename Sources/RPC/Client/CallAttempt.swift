/// One try of a call on one connection.
// Touched on the client's event loop only.
final class CallAttempt: @unchecked Sendable {
    let call: ClientCall
    var connection: ClientConnection?
    var stream: UInt32 = 0

    init(of call: ClientCall) {
        self.call = call
    }

    /// Whether nobody waits for the outcome any more.
    var isPointless: Bool { self.call.responses.isFinished }
}
