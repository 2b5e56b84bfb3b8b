/// What a caller may say about one call.
package struct CallOptions: Sendable {
    /// Sent along with the request.
    package var metadata: Metadata

    /// How long the caller waits for the end of the call; nil waits for ever.
    package var timeout: Duration?

    /// Makes options; the default sends no metadata and waits for ever.
    package init(metadata: Metadata = .init(), timeout: Duration? = nil) {
        self.metadata = metadata
        self.timeout = timeout
    }
}
