/// One way to reach a method over HTTP.
struct HTTPBinding {
    enum Verb: String { case get, put, post, delete, patch }

    /// Which part of the request message the HTTP body holds.
    enum Body: Equatable {
        case none
        /// All that the path does not bind; then there are no query parameters.
        case whole
        /// One top-level field, by its proto name.
        case field(String)
    }

    let verb: Verb
    let path: PathTemplate
    let body: Body
}
