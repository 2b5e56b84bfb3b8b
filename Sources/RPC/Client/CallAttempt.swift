/// One try of a call on one connection.
// Touched on the client's event loop only.
final class CallAttempt: @unchecked Sendable {
    let call: ClientCall
    /// The place of its address among the client's.
    let place: Int
    var connection: ClientConnection?
    var stream: UInt32 = 0
    /// The connection's turn in which something written behind the request was sent at once.
    var lastTurn: Int?

    init(of call: ClientCall, at place: Int) {
        self.call = call
        self.place = place
    }

    /// Whether nobody waits for the outcome any more.
    var isPointless: Bool { self.call.responses.isFinished }
}
