import Hummingbird
import NIOCore
import NIOPosix

/// The connection a request came on.
struct Connection: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        self.coreContext = .init(source: source)
        self.channel = source.channel
    }

    /// Lets time pass.
    ///
    /// - Throws: `CancellationError` as soon as the caller is gone.
    func wait(for duration: Duration) async throws {
        guard duration > .zero else { return }
        try await self.channel.pipeline.handler(type: HangUp.self).get().wait(for: duration)
    }

    func close() async throws { try await self.channel.close() }

    /// Closes without a goodbye: the caller sees a reset.
    func reset() async throws {
        try await (self.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await self.close()
    }
}
