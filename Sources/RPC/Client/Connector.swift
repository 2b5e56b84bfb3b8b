internal import NIOCore

/// Makes connections to one address, less and less often while that fails.
// Touched on its event loop only.
final class Connector: @unchecked Sendable {
    /// Opens a channel that a connection handles.
    typealias Dial = @Sendable (ClientConnection) -> EventLoopFuture<any Channel>

    private let address: Server.Address
    private let loop: any EventLoop
    private let dial: Dial
    private var backoff: Backoff
    /// The last failure and until when it stands for further attempts.
    private var failure: (status: Status, until: NIODeadline)?

    init(
        to address: Server.Address,
        _ configuration: ClientConfiguration,
        on loop: any EventLoop,
        dial: @escaping Dial
    ) {
        self.address = address
        self.loop = loop
        self.dial = dial
        self.backoff = Backoff(first: configuration.firstBackoff, longest: configuration.longestBackoff)
    }

    /// Whether it is too soon after a failure to connect.
    var isBackingOff: Bool {
        guard let failure = self.failure else { return false }
        return self.loop.now < failure.until
    }

    /// What stands in the way of connecting, and until when.
    var obstacle: (status: Status, until: NIODeadline)? { self.isBackingOff ? self.failure : nil }

    /// Connects, or fails at once when it is too soon after a failure. `connection` becomes the handler of the new
    /// channel; `completion` is called on the event loop with the status to fail with, nil when connected.
    func connect(_ connection: ClientConnection, completion: @escaping @Sendable (Status?) -> Void) {
        if let failure = self.failure, self.loop.now < failure.until { return completion(failure.status) }
        self.dial(connection).hop(to: self.loop).whenComplete { result in
            completion(self.note(result))
        }
    }

    private func note(_ result: Result<any Channel, any Error>) -> Status? {
        switch result {
        case .success:
            self.backoff.succeeded()
            self.failure = nil
            return nil
        case .failure(let error):
            let wait = self.backoff.failed(chance: .random(in: 0...1))
            let status = Status.connectFailed(self.address, because: error)
            self.failure = (status, self.loop.now + TimeAmount(wait))
            return status
        }
    }
}
