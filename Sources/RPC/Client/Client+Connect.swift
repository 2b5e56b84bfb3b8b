package import Logging
package import NIOCore
internal import NIOPosix

extension Client {
    /// Makes a client of the server at `addresses`, each `HOST:PORT`, `[IPv6]:PORT` or `unix:PATH`. It connects at its
    /// first call, encrypted if there is `tls`; whoever makes it closes it.
    ///
    /// - Throws: A `Status` for a text that is no such address.
    package static func connect(
        _ addresses: String...,
        tls: ClientTLS? = nil,
        configuration: ClientConfiguration = .init(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger = .init(label: "rpc", factory: { _ in SwiftLogNoOpLogHandler() })
    ) throws(Status) -> Client {
        var configuration = configuration
        if let tls { configuration.tls = tls }
        guard !addresses.isEmpty else { throw .noAddress("") }
        return Client(
            try addresses.map { text throws(Status) in try Server.Address(reachable: text) },
            configuration: configuration,
            group: group,
            logger: logger
        )
    }
}

/// Makes a client of the server at `address`, hands it to `body` and closes it, however `body` ends. With `tls` the
/// connection is encrypted.
///
/// - Throws: A `Status` if `address` is none of `HOST:PORT`, `[IPv6]:PORT` and `unix:PATH`; else what `body` throws.
package func withClient<Value>(
    at address: String,
    tls: ClientTLS? = nil,
    configuration: ClientConfiguration = .init(),
    _ body: (Client) async throws -> Value
) async throws -> Value {
    let client = try Client.connect(address, tls: tls, configuration: configuration)
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
            throw .noAddress(text)
        }
        self = address
    }
}

extension Status {
    fileprivate static func noAddress(_ text: String) -> Status {
        Status(
            .invalidArgument,
            "'\(text)' is no address; it must be HOST:PORT or unix:PATH.",
            reason: "INVALID_ADDRESS",
            metadata: ["address": text]
        )
    }
}
