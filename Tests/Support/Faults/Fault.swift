/// What becomes of one exchange between a client and Postgres.
package enum Fault: Sendable, Hashable {
    /// The request waits on its way so long.
    case delay(Duration)
    /// The connection breaks before the request reaches the server: nothing of it is executed.
    case loseRequest
    /// The connection breaks after the server has executed the request and before the client reads of it.
    case loseAnswer
    /// The connection breaks for the client as soon as the request is on its way; the server works on and finishes.
    case abandon

    /// Its name in reports.
    package var name: String {
        switch self {
        case .delay: "delay"
        case .loseRequest: "lost request"
        case .loseAnswer: "lost answer"
        case .abandon: "abandoned"
        }
    }
}
