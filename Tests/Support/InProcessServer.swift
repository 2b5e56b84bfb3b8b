package import Foundation
import Kernel
import Logging
import NIOPosix
package import RPC

/// Serves the given services on a unix socket for as long as `body` runs, and hands it a client. Calls are made in the
/// name of whoever `options(as:)` names; who may call what is not asked.
package func withServer<Value>(
    _ services: [ServiceDefinition],
    _ body: (Client) async throws -> Value
) async throws -> Value {
    let group = MultiThreadedEventLoopGroup.singleton
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let path = try ScratchFolder.make("rpc") + "/rpc.sock"
    let server = try Server(services: services, group: group, logger: logger) { _ in [CallerByName()] }
    let address = try await server.listen(on: .unix(path: path))
    let client = Client(address, group: group, logger: logger)
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(client))
    } catch {
        result = .failure(error)
    }
    await client.close()
    await server.drain(grace: .seconds(5))
    return try result.get()
}

extension CallOptions {
    /// A call in the name of a user.
    package init(as user: UUID) {
        self.init(metadata: ["test-user": user.uuidString])
    }
}

/// Believes the caller.
private final class CallerByName: ServerInterceptor {
    func before(_ call: CallContext, subject: String?) async throws {
        guard let user = call.metadata["test-user"].flatMap(UUID.init(uuidString:)) else { return }
        call.identity = Principal(userID: user, sessionID: user, grants: Grants())
    }
}
