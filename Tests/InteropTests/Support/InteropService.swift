import RPC
import SwiftProtobuf

/// The service that both programs, in Swift and in Go, serve and call.
enum InteropService {
    static let name = "test.Interop"

    /// Answers the request.
    static let echo = unary("Echo")
    /// Fails with the code that the key names and with the value as message.
    static let fail = unary("Fail")
    /// Answers the metadata of the key, as one text.
    static let metadata = unary("Metadata")
    /// Answers how many milliseconds are left, or `none`.
    static let deadline = unary("Deadline")
    /// Answers when it is let go on, which Go never does.
    static let wait = unary("Wait")
    /// Answers whether a call of Wait with the key has begun. Only in Swift.
    static let began = unary("Began")
    /// Answers after a call of Release with the same key. Only in Go.
    static let hold = unary("Hold")
    static let release = unary("Release")
    /// Answers as many bytes as the key says.
    static let large = unary("Large")
    /// No one serves it.
    static let nothing = unary("Nothing")
    static let echoOfNobody = InteropMethod(service: "test.Nobody", name: "Echo", kind: .unary, safety: .query)
    /// What Go serves as a method of one request and one response.
    static let echoes = InteropMethod(service: Self.name, name: "Echo", kind: .serverStreaming, safety: .query)
    static let gathered = InteropMethod(service: Self.name, name: "Echo", kind: .clientStreaming, safety: .query)

    typealias InteropMethod = Method<Ttrpc_KeyValue, Ttrpc_KeyValue>

    private static func unary(_ name: String) -> InteropMethod {
        InteropMethod(service: self.name, name: name, kind: .unary, safety: .command)
    }
}

extension Ttrpc_KeyValue {
    static func of(_ key: String = "", value: String = "") -> Ttrpc_KeyValue {
        .with { ($0.key, $0.value) = (key, value) }
    }
}
