package import Logging
package import NIOCore
internal import NIOPosix

extension Client {
    /// Makes a client of the server at `address`: `HOST:PORT`, `[IPv6]:PORT` or `unix:PATH`. It connects at its first
    /// call; whoever makes it closes it.
    ///
    /// - Throws: A `Status` for a text that is no such address.
    package static func connect(
        _ address: String,
        configuration: ClientConfiguration = .init(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger = .init(label: "rpc", factory: { _ in SwiftLogNoOpLogHandler() })
    ) throws(Status) -> Client {
        Client(
            try Server.Address(reachable: address),
            configuration: configuration,
            group: group,
            logger: logger
        )
    }
}

/// Makes a client of the server at `address`, hands it to `body` and closes it, however `body` ends.
///
/// - Throws: A `Status` if `address` is none of `HOST:PORT`, `[IPv6]:PORT` and `unix:PATH`; else what `body` throws.
package func withClient<Value>(
    at address: String,
    configuration: ClientConfiguration = .init(),
    _ body: (Client) async throws -> Value
) async throws -> Value {
    let client = try Client.connect(address, configuration: configuration)
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(client))
    } catch {
        result = .failure(error)
    }
    await client.close()
    return try result.get()
}

extension Server.Address {
    fileprivate init(reachable text: String) throws(Status) {
        guard let address = Server.Address(text), address.canBeReached else {
            throw Status(
                .invalidArgument,
                "'\(text)' is no address; it must be HOST:PORT or unix:PATH.",
                reason: "INVALID_ADDRESS",
                metadata: ["address": text]
            )
        }
        self = address
    }
}
