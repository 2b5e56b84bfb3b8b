package import Logging
package import NIOCore
import Synchronization

/// A client that sends the commands of all callers over few connections, without waiting for one answer before the next
/// command, and reconnects by itself. While there is no connection, commands fail at once.
package final class RedisClient: Sendable {
    private let configuration: RedisConfiguration
    private let connections: [RedisConnection]
    private let next = Atomic(0)

    /// Returns at once; the first command makes the first connection.
    package init(
        _ address: RedisAddress,
        configuration: RedisConfiguration = .init(),
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.configuration = configuration
        self.connections = (0..<max(1, configuration.connections)).map { _ in
            RedisConnection(address, configuration, loop: group.next(), logger)
        }
    }

    deinit {
        self.connections.forEach { $0.abandon() }
    }

    /// Sends a command whose words are text, and waits for the answer.
    ///
    /// - Returns: what the server answered, `Reply.error` included.
    /// - Throws: `RedisError`, or `CancellationError`; a command already sent is then executed all the same.
    package func send(_ command: [String]) async throws -> Reply {
        try await self.send(command.map { Array($0.utf8) })
    }

    /// The same for words of any bytes.
    package func send(_ command: [[UInt8]]) async throws -> Reply {
        let pending = PendingReply(try Command(command, byteLimit: self.configuration.commandByteLimit))
        let connection = self.connection
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if pending.wait({ continuation.resume(with: $0) }) { connection.submit(pending) }
            }
        } onCancel: {
            pending.fail(CancellationError())
        }
    }

    /// Refuses new commands, fails what waits and closes the connections.
    package func close() async {
        for connection in self.connections { await connection.close() }
    }

    private var connection: RedisConnection {
        guard self.connections.count > 1 else { return self.connections[0] }
        let number = self.next.wrappingAdd(1, ordering: .relaxed).newValue
        return self.connections[Int(UInt(bitPattern: number) % UInt(self.connections.count))]
    }
}
