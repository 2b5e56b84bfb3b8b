internal import NIOCore
internal import SwiftProtobuf

extension ExtensionFrame {
    /// Reads a frame; nil for a continuation and for a type nobody knows. A body longer than known is read as far as known.
    init?(parsing header: FrameHeader, _ body: ByteBuffer) throws(MalformedFrame) {
        guard let type = header.extensionType, type != .continuation else { return nil }
        if let isOfConnection = type.isOfConnection {
            guard isOfConnection == (header.stream == FrameHeader.connectionStream) else { throw MalformedFrame() }
        }
        var body = body
        switch type {
        case .settings:
            let isAnswer = header.flags.contains(.acknowledgement)
            self = .settings(try body.message(), isAcknowledgement: isAnswer)
        case .ping:
            self = .ping(try body.number(), isAcknowledgement: header.flags.contains(.acknowledgement))
        case .goAway:
            self = .goAway(GoAway(lastStream: try body.number(), code: try body.number(), text: body.shortText()))
        case .windowUpdate:
            let credit: UInt32 = try body.number()
            self = .windowUpdate(stream: header.stream, credit: credit)
        case .cancel:
            self = .cancel(stream: header.stream, Status.Code(wire: try body.number()), body.shortText())
        case .reset:
            let code = Status.Code(wire: try body.number())
            let retry = Reset.Retry(wire: try body.number())
            let isRefused = header.flags.contains(.refused)
            let reset = Reset(code: code, isRefused: isRefused, retry: retry, text: body.shortText())
            self = .reset(stream: header.stream, reset)
        case .metadata:
            let pairs: Ttrpc_StreamMetadata = try body.message()
            let isTrailing = header.flags.contains(.trailing)
            self = .metadata(stream: header.stream, Metadata(pairs.pairs), isTrailing: isTrailing)
        case .continuation:
            return nil
        }
    }
}

extension Metadata {
    /// The pairs of a message.
    init(_ pairs: [Ttrpc_KeyValue]) {
        self.init()
        for pair in pairs { self.append(pair.key, pair.value) }
    }
}

extension Status.Code {
    fileprivate init(wire number: UInt32) {
        self.init(number: Int32(truncatingIfNeeded: number))
    }
}

extension Reset.Retry {
    fileprivate init(wire milliseconds: UInt32) {
        switch milliseconds {
        case 0: self = .unsaid
        case .max: self = .never
        default: self = .after(milliseconds: milliseconds)
        }
    }

    /// As it goes over the wire.
    var milliseconds: UInt32 {
        switch self {
        case .unsaid: 0
        case .never: .max
        case .after(let milliseconds): min(max(1, milliseconds), .max - 1)
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func number<Number: FixedWidthInteger>() throws(MalformedFrame) -> Number {
        guard let number = self.readInteger(as: Number.self) else { throw MalformedFrame() }
        return number
    }

    fileprivate mutating func message<Body: Message>() throws(MalformedFrame) -> Body {
        do {
            return try Body(serializedBytes: self.readableBytesSpan)
        } catch {
            throw MalformedFrame()
        }
    }

    /// The rest as text; what is too long or no UTF-8 is mended rather than refused, since it only explains.
    fileprivate mutating func shortText() -> String {
        let length = min(self.readableBytes, ExtensionFrame.longestText)
        return self.readString(length: length) ?? ""
    }
}
