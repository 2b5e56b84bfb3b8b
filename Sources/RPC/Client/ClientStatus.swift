/// What a client says when the trouble is on its side of the wire.
extension Status {
    /// Nobody answers at the address.
    static func connectFailed(_ address: Server.Address, because error: any Error) -> Status {
        Status(
            .unavailable,
            "Cannot connect to \(address): \(error)",
            reason: error is TLSFailure ? "TLS_FAILED" : "CONNECT_FAILED",
            metadata: ["address": "\(address)"]
        )
    }

    /// The connection broke while the call ran.
    static func connectionLost(_ address: Server.Address) -> Status {
        Status(
            .unavailable,
            "The connection to \(address) was lost; the call may have been executed.",
            reason: "CONNECTION_LOST",
            metadata: ["address": "\(address)"]
        )
    }

    /// The server does what the protocol forbids, or does not answer at all.
    static func protocolBroken(_ address: Server.Address, _ what: String) -> Status {
        Status(
            .unavailable,
            "The connection to \(address) was given up (\(what)); the call may have been executed.",
            reason: "CONNECTION_GIVEN_UP",
            metadata: ["address": "\(address)"]
        )
    }

    /// The caller reads too slowly a stream that cannot be held up.
    static var streamOverflow: Status {
        Status(.resourceExhausted, "The stream is not read fast enough.", reason: "STREAM_OVERFLOW")
    }

    /// Every address says that it does not serve.
    static var noAddress: Status {
        Status(.unavailable, "No address of the server is usable.", reason: "NO_ADDRESS")
    }

    static var clientClosed: Status {
        Status(.unavailable, "The client is closed.", reason: "CLIENT_CLOSED")
    }

    /// The server has answered; it takes no further request of the call.
    static var callHasEnded: Status {
        Status(.cancelled, "The server has ended the call.", reason: "CALL_ENDED")
    }

    static var tooManyRequests: Status {
        Status(.resourceExhausted, "Too many calls wait for the server.", reason: "TOO_MANY_CALLS")
    }

    static var tooManyStreams: Status {
        Status(.resourceExhausted, "Too many streams are open.", reason: "TOO_MANY_STREAMS")
    }

    static var malformedResponse: Status {
        Status(.internal, "The server sent a response that does not decode.", reason: "MALFORMED_RESPONSE")
    }
}

extension StreamTable.Breach {
    /// What the caller is told.
    var status: Status {
        switch self {
        case .unexpectedData:
            Status(.internal, "The server sent a stream where one response was due.", reason: "UNEXPECTED_DATA")
        case .oversize:
            Status(
                .resourceExhausted,
                "The response is longer than the \(FrameHeader.longestBody) bytes accepted.",
                reason: "FRAME_TOO_LONG"
            )
        }
    }
}
