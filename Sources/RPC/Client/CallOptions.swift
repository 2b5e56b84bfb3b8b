/// What a caller may say about one call.
package struct CallOptions: Sendable {
    /// Sent along with the request.
    package var metadata: Metadata

    /// How long the caller waits for the end of the call; nil waits for ever.
    package var timeout: Duration?

    /// Takes what the server says besides its responses; nil drops it.
    package var receipt: CallReceipt?

    /// How long after its start a unary query is sent once more, elsewhere if there is more than one address, so that
    /// the first answer counts; nil never. Other calls are never sent twice at a time.
    package var hedgeAfter: Duration?

    /// Whether requests may go compressed to a server that can read it. A request with credentials in its metadata does
    /// not, since its length would tell about them; the messages of a stream do.
    package var compression: Bool

    /// Makes options; the default sends no metadata and waits for ever.
    package init(
        metadata: Metadata = .init(),
        timeout: Duration? = nil,
        receipt: CallReceipt? = nil,
        hedgeAfter: Duration? = nil,
        compression: Bool = false
    ) {
        self.metadata = metadata
        self.timeout = timeout
        self.receipt = receipt
        self.hedgeAfter = hedgeAfter
        self.compression = compression
    }
}
