import RPC
import Synchronization

/// The service under test: small methods that behave in known ways.
enum EchoService {
    static let name = "test.Echo"
    static let echo = method("Echo", .unary)
    static let fail = method("Fail", .unary)
    static let metadata = method("Metadata", .unary)
    static let wait = method("Wait", .unary)
    static let large = method("Large", .unary)
    static let count = method("Count", .serverStreaming)
    static let endless = method("Endless", .serverStreaming)

    static func method(
        _ name: String,
        _ kind: MethodDescriptor.Kind
    ) -> Method<Ttrpc_KeyValue, Ttrpc_KeyValue> {
        Method(service: self.name, name: name, kind: kind, safety: .query, subject: \.key)
    }
}
