package import Logging
package import NIOCore

/// Serves methods over framed connections.
package final class Server: Sendable {
    /// Chooses the interceptors of every method; one they cannot be made for fails here.
    package init(
        services: [ServiceDefinition],
        configuration: ServerConfiguration = .init(),
        group: any EventLoopGroup,
        logger: Logger,
        interceptors: @Sendable (MethodDescriptor) throws -> [any ServerInterceptor]
    ) throws {
    }

    /// Starts to accept connections.
    ///
    /// - Returns: The address really bound, with the port resolved.
    package func listen(on address: Address) async throws -> Address {
        throw Status(.unimplemented, "in progress")
    }

    /// Stops accepting, answers new calls `UNAVAILABLE`, lets running calls finish, then closes.
    package func drain(grace: Duration) async {
    }
}
