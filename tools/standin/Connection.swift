import Hummingbird
import NIOCore
import NIOHTTPTypes
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

    /// Closes before the response.
    func close() async throws { try await self.channel.close() }

    /// Closes in the middle of the response, behind what was written so far; with a reset if asked for.
    func breakOff(reset: Bool) async throws {
        try await self.channel.writeAndFlush(HTTPResponsePart.body(ByteBuffer())).get()
        if reset, let socket = self.channel as? any SocketOptionProvider {
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await self.close()
    }
}
