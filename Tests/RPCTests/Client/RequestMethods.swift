import NIOCore

@testable import RPC

/// Methods whose requests are a stream; their server is in the test's hand.
enum RequestMethods {
    /// Any number of requests, one response.
    static let collect = method("Collect", .clientStreaming)
    /// Any number of messages each way.
    static let converse = method("Converse", .bidirectional)

    private static func method(_ name: String, _ kind: MethodDescriptor.Kind) -> EchoService.EchoMethod {
        EchoService.EchoMethod(service: EchoService.name, name: name, kind: kind, safety: .command)
    }
}

extension ClientCall {
    /// Writes a request without waiting, for a test whose queue has room.
    func put(_ message: Ttrpc_KeyValue) throws {
        let bytes = try ByteBuffer(encoding: message)
        let isOver = Mailbox()
        Task.immediate { [self] in
            do { try await self.write(bytes) } catch { isOver.add("\(error)") }
        }
    }
}
