internal import NIOCore
internal import SwiftProtobuf

/// Follows whether a service says that it serves at one address, for as long as there are calls to make.
// Touched on the client's event loop only.
final class HealthWatch: @unchecked Sendable {
    private static let method = MethodDescriptor(
        service: "grpc.health.v1.Health",
        name: "Watch",
        kind: .serverStreaming,
        safety: .query
    )

    /// The place of the address among the client's.
    let place: Int
    private let service: String
    private unowned let dispatcher: CallDispatcher
    private var backoff: Backoff
    private var hasBegun = false

    init(_ service: String, at place: Int, of dispatcher: CallDispatcher) {
        let configuration = dispatcher.configuration
        self.service = service
        self.place = place
        self.dispatcher = dispatcher
        self.backoff = Backoff(
            first: configuration.firstBackoff,
            longest: max(configuration.longestBackoff, .seconds(10))
        )
    }

    /// Begins, if it has not yet.
    func begin() {
        guard !self.hasBegun, !self.dispatcher.isClosed else { return }
        self.hasBegun = true
        let request = Grpc_Health_V1_HealthCheckRequest.with { $0.service = self.service }
        guard let envelope = try? ByteBuffer.requestEnvelope(Self.method, request, Metadata()) else { return }
        self.dispatcher.follow(ClientCall(Self.method, envelope, deadline: nil, watch: self, self.dispatcher))
    }

    /// The server says how the service is.
    func receive(_ message: ByteBuffer) {
        guard let health = try? Grpc_Health_V1_HealthCheckResponse(decoding: message) else { return }
        self.backoff.succeeded()
        self.dispatcher.setHealthy(health.status == .serving, at: self.place)
    }

    /// The server says no more. Nothing is known then, so calls are worth a try.
    func end(_ end: Result<Void, any Error>) {
        guard !self.dispatcher.isClosed else { return }
        self.dispatcher.setHealthy(true, at: self.place)
        if case .failure(let error) = end, (error as? Status)?.code == .unimplemented { return }
        let wait = TimeAmount(self.backoff.failed(chance: .random(in: 0...1)))
        self.dispatcher.loop.assumeIsolated().scheduleTask(in: wait) { [weak dispatcher = self.dispatcher] in
            guard dispatcher != nil else { return }  // the client is gone
            self.hasBegun = false
            self.begin()
        }
    }
}
