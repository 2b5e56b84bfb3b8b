import Contract
import Logging
import NIOPosix
import RPC
import SwiftProtobuf
import Synchronization

@testable import hub

/// A hub whose rules fit on a page. It knows one account, `ada@example.org` with the password `correct horse`.
final class FakeHub: Sendable {
    private struct State {
        var generation = 0
        var refreshes = 0
        var requests: [String] = []
    }

    private let state = Mutex(State())
    /// Files that were sent in pieces.
    let staged = Mutex<[String: [UInt8]]>([:])
    /// Yields when a chat was cancelled.
    let cancellations = AsyncStream.makeStream(of: Void.self)

    /// How often tokens were renewed.
    var refreshes: Int { self.state.withLock(\.refreshes) }

    /// The request ids of all commands and chats.
    var requestIDs: [String] { self.state.withLock(\.requests) }

    /// Serves a hub while `body` runs, and gives it a desk that calls there.
    static func serving(
        configuration: ServerConfiguration = ServerConfiguration(),
        _ body: (FakeHub, Desk) async throws -> Void
    ) async throws {
        let hub = FakeHub()
        let logger = Logger(label: "fake", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = try Server(
            services: [
                IdentityCommands.definition(of: hub), IdentityQueries.definition(of: hub),
                CreditCommands.definition(of: hub), CreditQueries.definition(of: hub),
                InferenceCommands.definition(of: hub), InferenceQueries.definition(of: hub),
            ],
            configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: logger,
            interceptors: { _ in [] }
        )
        let address = try await server.listen(on: .tcp(host: "127.0.0.1", port: 0))
        do {
            try await body(hub, Desk(server: ServerAddress(argument: address.description)))
        } catch {
            await server.drain(grace: .zero)
            throw error
        }
        await server.drain(grace: .zero)
    }

    /// Counts a renewal, and says whether the token is the last one given.
    func countRefresh(with token: String) -> Bool {
        self.state.withLock { state in
            state.refreshes += 1
            return token == "refresh-\(state.generation)"
        }
    }

    /// Ends the session, as an administrator would.
    func endSession() {
        self.state.withLock { $0.generation += 1 }
    }

    /// The next pair; it makes the one before worthless.
    func tokens() -> TokenPair {
        let generation = self.state.withLock { state in
            state.generation += 1
            return state.generation
        }
        return TokenPair.with {
            $0.accessToken = "access-\(generation)"
            $0.refreshToken = "refresh-\(generation)"
            $0.tokenType = "Bearer"
            $0.expiresIn = 900
        }
    }

    func note(_ requestID: String) {
        self.state.withLock { $0.requests.append(requestID) }
    }

    func authenticate(_ call: CallContext) throws {
        let token = self.state.withLock { "Bearer access-\($0.generation)" }
        guard call.metadata["authorization"] == token else {
            throw Status(.unauthenticated, "The token has ended.", reason: "SESSION_ENDED")
        }
    }
}
