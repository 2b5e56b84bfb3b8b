import RPC

/// The methods under test; `EchoHandlers` serves them.
enum EchoService {
    static let name = "test.Echo"

    /// Answers the request.
    static let echo = unary("Echo")
    /// Fails as the request's key says.
    static let fail = unary("Fail")
    /// Answers the metadata that came along, as one text.
    static let metadata = unary("Metadata")
    /// Answers when the gate named by the request's key is opened.
    static let wait = unary("Wait")
    /// Answers as many bytes as the request's key says.
    static let large = unary("Large")
    /// Waits for the gate named by the request's key whatever happens, then answers.
    static let stubborn = unary("Stubborn")
    /// Answers, or fails if the request's key is "fail", with the header "h" and the trailer "t".
    static let adorned = unary("Adorned")
    /// Answers as many bytes as the request's key says, with the header "h" and the trailer "t".
    static let adornedLarge = unary("AdornedLarge")
    /// Fails with 8 KiB each of details, headers and trailers.
    static let failAtLength = unary("FailAtLength")
    /// Answers one message, or none if the request's key is "none" or "fail", with the header "h" and the trailer "t".
    static let adornedStream = streaming("AdornedStream")
    /// Answers one message of as many bytes as the request's key says.
    static let largeStream = streaming("LargeStream")
    /// Answers the numbers below the request's key.
    static let count = streaming("Count")
    /// Answers the request's value for ever.
    static let endless = streaming("Endless")
    /// Answers one message, then waits for the gate named by the request's key.
    static let pause = streaming("Pause")
    /// Answers from a task of its own, away from the event loop, whether it ran on it before.
    static let elsewhere = streaming("Elsewhere")
    /// Answers one message, then fails.
    static let breakOff = streaming("BreakOff")
    /// Answers the keys of all requests, as one text.
    static let join = EchoMethod(service: name, name: "Join", kind: .clientStreaming, safety: .command)
    /// Waits for the gate "join", then answers as `join`.
    static let joinLate = EchoMethod(service: name, name: "JoinLate", kind: .clientStreaming, safety: .command)
    /// Answers the first request at once and reads no other.
    static let first = EchoMethod(service: name, name: "First", kind: .clientStreaming, safety: .command)
    /// Answers each request as it comes.
    static let talk = EchoMethod(service: name, name: "Talk", kind: .bidirectional, safety: .command)
    /// Waits for the gate "join", then answers as `talk`.
    static let talkLate = EchoMethod(service: name, name: "TalkLate", kind: .bidirectional, safety: .command)
    /// Answers one message, then reads requests until they end.
    static let greet = EchoMethod(service: name, name: "Greet", kind: .bidirectional, safety: .command)

    typealias EchoMethod = Method<Ttrpc_KeyValue, Ttrpc_KeyValue>

    private static func unary(_ name: String) -> EchoMethod {
        EchoMethod(service: self.name, name: name, kind: .unary, safety: .query, subject: \.key)
    }

    private static func streaming(_ name: String) -> EchoMethod {
        EchoMethod(service: self.name, name: name, kind: .serverStreaming, safety: .query)
    }
}
