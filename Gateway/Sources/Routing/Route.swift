import HTTPTypes
import RPC

/// What answers the requests of one HTTP method and path.
protocol Route: Sendable {
    var verb: HTTPRequest.Method { get }
    /// A path of `google.api.http`; see ``PathTemplate``.
    var template: String { get }

    /// Answers one request by calling the hub.
    ///
    /// - Throws: ``ErrorAnswer`` or `Status` while nothing is written, for the caller to answer with. Anything thrown
    ///   later means that the connection can only be closed.
    func answer(_ call: HTTPCall, through client: Client, to reply: Reply) async throws
}
