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
    /// Writes a request; the mailbox tells when that is done.
    ///
    /// What comes behind a wait happens on another thread and must not touch the event loop in the test's hand.
    @discardableResult
    func put(_ message: Ttrpc_KeyValue) throws -> Mailbox {
        let bytes = try ByteBuffer(encoding: message)
        let mailbox = Mailbox()
        Task.immediate { [self] in
            do {
                try await self.write(bytes)
                mailbox.add("written")
            } catch {
                mailbox.add((error as? Status)?.errorInfo?.reason ?? "\(error)")
            }
        }
        return mailbox
    }
}

extension EchoService {
    /// A command, which must not be repeated.
    static let command = EchoMethod(service: name, name: "Command", kind: .unary, safety: .command)
}
