import NIOCore
import NIOEmbedded
import SwiftProtobuf

@testable import RPC

/// Frames of the extension as a server in the test's hand writes them.
extension Frame {
    /// A server's settings.
    static func settings(_ settings: Ttrpc_Settings = .ofServer(), isAcknowledgement: Bool = false) -> Frame {
        Frame.extended(.settings(settings, isAcknowledgement: isAcknowledgement))
    }

    static func cancel(_ stream: UInt32, _ code: UInt32) -> Frame {
        Frame.extended(.cancel(stream: stream, Status.Code(number: Int32(code)), ""))
    }

    static func credit(_ credit: UInt32, _ stream: UInt32 = FrameHeader.connectionStream) -> Frame {
        Frame.extended(.windowUpdate(stream: stream, credit: credit))
    }

    static func goAway(_ last: UInt32, _ code: GoAway.Code = .noError, _ text: String = "") -> Frame {
        Frame.extended(.goAway(GoAway(lastStream: last, code: code.rawValue, text: text)))
    }

    static func reset(
        _ stream: UInt32,
        _ code: Status.Code = .unavailable,
        isRefused: Bool = false,
        retry: Reset.Retry = .unsaid
    ) -> Frame {
        Frame.extended(.reset(stream: stream, Reset(code: code, isRefused: isRefused, retry: retry, text: "reset")))
    }

    /// The code of a GOAWAY.
    var goAwayCode: UInt32? {
        if case .goAway(let goAway) = self.asExtended { goAway.code } else { nil }
    }

    /// The request in a request frame.
    var request: Ttrpc_Request {
        get throws { try Ttrpc_Request(serializedBytes: self.body) }
    }
}

extension Ttrpc_Settings {
    /// What a server offers.
    static func ofServer(_ change: (inout Ttrpc_Settings) -> Void = { _ in }) -> Ttrpc_Settings {
        var settings = ExtensionSettings().message(maxStreams: 128)
        change(&settings)
        return settings
    }
}

extension ClientInHand {
    /// Makes the client's first connection with a unary call and agrees on the extension there.
    func agree(_ settings: Ttrpc_Settings = .ofServer()) throws {
        let call = try self.call(EchoService.echo)
        let connection = self.connections.count - 1
        try self.send(.settings(settings), .response(.init(), on: call.stream), on: connection)
        _ = try self.receive(on: connection)
    }

    /// Whether a connection is closed.
    func isClosed(_ connection: Int = 0) -> Bool {
        !self.connections[connection].isActive
    }
}

extension ClientCall {
    /// The stream of the only try.
    var stream: UInt32 { self.attempts.first?.stream ?? 0 }

    /// Whether the call has ended well.
    var isGood: Bool {
        if case .success = self.responses.end { true } else { false }
    }

    /// Reads what waits, without waiting, in a test that knows that something does.
    func read(_ count: Int) -> Mailbox {
        let mailbox = Mailbox()
        Task.immediate { [self] in
            for _ in 0..<count {
                do {
                    guard let message = try await self.next() else { return mailbox.add("end") }
                    mailbox.add(try Ttrpc_KeyValue(decoding: message).key)
                } catch {
                    mailbox.add("failure")
                }
            }
        }
        return mailbox
    }
}
