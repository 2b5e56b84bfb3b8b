import Contract
import Foundation
import Identity
import Logging
import NIOPosix
import RPC
import Support
import SwiftProtobuf
import Testing

/// The same over a socket, as clients see it.
@Suite struct GuardedServerTests {
    @Test func `a person registers, signs in, asks who she is, goes on and leaves`() async throws {
        try await withServer { hub, client in
            let commands = IdentityCommandsClient(client)
            let queries = IdentityQueriesClient(client)
            let register = RegisterRequest.with {
                $0.email = hub.email
                $0.password = Hub.password
            }
            let login = LoginRequest.with {
                $0.email = hub.email
                $0.password = Hub.password
            }

            _ = try await commands.register(register)
            let first = try await commands.login(login)
            #expect(try await queries.getMe(GetMeRequest(), .bearer(first)).email == hub.email)
            let second = try await commands.refresh(.with { $0.refreshToken = first.refreshToken })
            _ = try await commands.logout(LogoutRequest(), .bearer(second))

            let ended = try await refusal { try await queries.getMe(GetMeRequest(), .bearer(first)) }
            #expect(ended.code == .unauthenticated && ended.reason == "SESSION_ENDED")
        }
    }

    @Test func `refusals reach the client with reason and details`() async throws {
        try await withServer { hub, client in
            let commands = IdentityCommandsClient(client)

            let anonymous = try await refusal { try await commands.logout(LogoutRequest()) }
            let invalid = try await refusal { try await commands.register(RegisterRequest()) }

            #expect(anonymous.code == .unauthenticated && anonymous.reason == "TOKEN_MISSING")
            #expect(invalid.code == .invalidArgument)
            #expect(invalid.detail(Google_Rpc_BadRequest.self)?.fieldViolations.map(\.field) == ["email"])
        }
    }

    @Test func `a refusal of an audited method is logged, also of a caller whom nobody knows`() async throws {
        let log = LogRecorder()
        try await withServer(logger: log.logger) { _, client in
            _ = try await refusal { try await IdentityCommandsClient(client).logout(LogoutRequest()) }

            try await log.message(holding: "TOKEN_MISSING")
        }
    }

    @Test func `a server with a method that has no policy does not start`() async throws {
        try await withHub { hub in
            let access = hub.access(policies: []).access

            #expect(throws: Access.NoPolicy.self) { try hub.server(access) }
        }
    }
}

extension CallOptions {
    fileprivate static func bearer(_ pair: TokenPair) -> CallOptions {
        CallOptions(metadata: ["authorization": "Bearer \(pair.accessToken)"])
    }
}

extension Hub {
    /// A server of identity's methods.
    fileprivate func server(_ access: Access, logger: Logger? = nil) throws -> Server {
        try Server(
            services: [
                IdentityCommands.definition(of: self.node),
                IdentityQueries.definition(of: self.node),
            ],
            group: MultiThreadedEventLoopGroup.singleton,
            logger: logger ?? self.logger,
            interceptors: { method in [try access.interceptor(for: method)] }
        )
    }
}

private func withServer(logger: Logger? = nil, _ body: (Hub, Client) async throws -> Void) async throws {
    try await withHub { hub in
        let server = try hub.server(hub.access().access, logger: logger)
        let address = try await server.listen(on: .tcp(host: "127.0.0.1", port: 0))
        let client = Client(address, group: MultiThreadedEventLoopGroup.singleton, logger: hub.logger)
        try await body(hub, client)
        await client.close()
        await server.drain(grace: .seconds(1))
    }
}
