import RPC
import SwiftProtobuf

/// The service that the upstream project tests its streams with, `ttrpc.integration.streaming.Streaming`.
enum StreamingService {
    static let name = "ttrpc.integration.streaming.Streaming"

    /// Answers the payload with the next sequence number.
    static let echo = Method<EchoPayload, EchoPayload>(service: name, name: "Echo", kind: .unary, safety: .query)
    /// Answers each payload with the next sequence number.
    static let echoStream = Method<EchoPayload, EchoPayload>(
        service: name,
        name: "EchoStream",
        kind: .bidirectional,
        safety: .query
    )
    /// Answers the sum of all parts, and how many there were.
    static let sumStream = Method<Part, Sum>(service: name, name: "SumStream", kind: .clientStreaming, safety: .query)
    /// Answers as many parts as asked for, with this sum; the first and the last are empty messages.
    static let divideStream = Method<Sum, Part>(
        service: name,
        name: "DivideStream",
        kind: .serverStreaming,
        safety: .query
    )
    /// Takes numbered payloads of one text and answers one empty message; fails for any other.
    static let echoNull = Method<EchoPayload, Google_Protobuf_Empty>(
        service: name,
        name: "EchoNull",
        kind: .clientStreaming,
        safety: .query
    )
    /// Takes the same and answers each with ten empty messages, written by ten tasks at a time.
    static let echoNullStream = Method<EchoPayload, Google_Protobuf_Empty>(
        service: name,
        name: "EchoNullStream",
        kind: .bidirectional,
        safety: .query
    )
    /// Answers two payloads to an empty message.
    static let emptyPayloadStream = Method<Google_Protobuf_Empty, EchoPayload>(
        service: name,
        name: "EmptyPayloadStream",
        kind: .serverStreaming,
        safety: .query
    )

    /// What every payload of `echoNull` and `echoNullStream` must say.
    static let nullText = "non-empty empty"
}

// The messages are on the wire what these well-known ones are: fields of the same numbers and encodings. A name that the
// wire does not carry does not warrant generated code of its own.

/// `uint32 seq = 1; string msg = 2;`
typealias EchoPayload = Google_Rpc_Status

/// `int32 add = 1;`
typealias Part = Google_Protobuf_Int32Value

/// `int32 sum = 1; int32 num = 2;`
typealias Sum = Google_Protobuf_Duration

extension EchoPayload {
    static func of(_ sequence: Int, _ text: String) -> EchoPayload {
        .with { ($0.code, $0.message) = (Int32(sequence), text) }
    }

    /// The payload with the next sequence number.
    var next: EchoPayload { .of(Int(self.code) + 1, self.message) }
}

extension Sum {
    static func of(_ sum: Int, parts: Int) -> Sum {
        .with { ($0.seconds, $0.nanos) = (Int64(sum), Int32(parts)) }
    }
}
