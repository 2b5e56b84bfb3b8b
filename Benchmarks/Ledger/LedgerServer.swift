import Contract
import Credits
import Foundation
import Kernel
import NIOPosix
import RPC

/// The ledger's commands over RPC, with what the daemon has around them but for access rules and rates.
enum LedgerServer {
    /// Serves for as long as `body` runs, which gets a client.
    static func serve(
        _ credits: CreditsService,
        on address: Server.Address,
        _ body: (Client) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try Server(
            services: [CreditCommands.definition(of: credits)],
            group: group,
            logger: quietLogger
        ) { method in [CallTrace(), CallLog(), CallMetrics(for: method), OneCaller()] }
        let client = Client(try await server.listen(on: address), group: group, logger: quietLogger)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        await client.close()
        await server.drain(grace: .seconds(5))
        try result.get()
    }
}

/// All calls are made by the same user.
private final class OneCaller: ImmediateServerInterceptor {
    private static let principal = Principal(userID: UUID(), sessionID: UUID(), grants: Grants())

    func beforeAtOnce(_ call: CallContext, subject: String?) {
        call.identity = Self.principal
    }
}
