internal import Synchronization

/// Where a caller finds what came along with the answer to one call.
package final class CallReceipt: Sendable {
    private let state = Mutex((headers: Metadata(), trailers: Metadata()))

    /// Makes an empty receipt, for one call.
    package init() {}

    /// What the server said before its first response; complete when the first response has been read.
    package var headers: Metadata { self.state.withLock { $0.headers } }

    /// What the server said behind its last response; complete when the call has ended.
    package var trailers: Metadata { self.state.withLock { $0.trailers } }

    func note(headers: Metadata) {
        self.state.withLock { $0.headers = headers }
    }

    func note(trailers: Metadata) {
        self.state.withLock { $0.trailers = trailers }
    }
}
