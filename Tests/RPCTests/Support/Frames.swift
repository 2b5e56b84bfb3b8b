import NIOCore
import SwiftProtobuf

@testable import RPC

/// One frame as tests write and read it.
struct Frame: Equatable, CustomStringConvertible {
    var stream: UInt32
    var type: UInt8
    var flags: UInt8 = 0
    var body: [UInt8] = []

    var description: String {
        "Frame(stream: \(self.stream), type: \(self.type), flags: \(self.flags), \(self.body.count) bytes)"
    }

    /// The frame on the wire.
    var bytes: [UInt8] {
        Self.header(length: self.body.count, stream: self.stream, type: self.type, flags: self.flags) + self.body
    }

    /// What stands before the body.
    var header: FrameHeader {
        FrameHeader(
            length: self.body.count,
            stream: self.stream,
            type: self.type,
            flags: FrameFlags(rawValue: self.flags)
        )
    }

    /// The response in a response frame.
    var response: Ttrpc_Response {
        get throws { try Ttrpc_Response(serializedBytes: self.body) }
    }

    /// The message in a response or data frame.
    var message: Ttrpc_KeyValue {
        get throws {
            let bytes = self.type == FrameType.data.rawValue ? self.body : try Array(self.response.payload)
            return try Ttrpc_KeyValue(serializedBytes: bytes)
        }
    }

    /// The status of a response frame.
    var status: Status {
        get throws { Status(decoding: try Array(self.response.status.serializedBytes() as [UInt8]).span.bytes) }
    }

    /// A request of one message.
    static func request<Request, Response>(
        _ method: Method<Request, Response>,
        _ message: Request = .init(),
        on stream: UInt32,
        flags: UInt8 = 0,
        timeout: Int64 = 0,
        metadata: [(String, String)] = []
    ) throws -> Frame {
        let envelope = try Ttrpc_Request.with {
            $0.service = method.descriptor.service
            $0.method = method.descriptor.name
            $0.payload = try message.serializedBytes()
            $0.timeoutNano = timeout
            $0.metadata = metadata.map { key, value in .with { ($0.key, $0.value) = (key, value) } }
        }
        return Frame(stream: stream, type: 1, flags: flags, body: try envelope.serializedBytes())
    }

    /// The end of a stream.
    static func end(_ stream: UInt32) -> Frame {
        Frame(stream: stream, type: 3, flags: 5)
    }

    /// A good response.
    static func response(_ message: Ttrpc_KeyValue, on stream: UInt32) throws -> Frame {
        let response = try Ttrpc_Response.with { $0.payload = try message.serializedBytes() }
        return Frame(stream: stream, type: 2, body: try response.serializedBytes())
    }

    /// One message of a stream.
    static func data(_ message: Ttrpc_KeyValue, on stream: UInt32, flags: UInt8 = 0) throws -> Frame {
        Frame(stream: stream, type: 3, flags: flags, body: try message.serializedBytes())
    }

    /// The bytes before a body.
    static func header(length: Int, stream: UInt32, type: UInt8, flags: UInt8 = 0) -> [UInt8] {
        var bytes = ByteBuffer()
        bytes.writeMultipleIntegers(UInt32(length), stream, type, flags)
        return Array(bytes.readableBytesView)
    }

    /// Cuts bytes into frames.
    static func all(in bytes: ByteBuffer) -> [Frame] {
        var decoder = FrameDecoder()
        decoder.append(bytes)
        var frames: [Frame] = []
        while case .frame(let header, let body) = decoder.next() {
            frames.append(Frame(header, body))
        }
        return frames
    }

    init(_ header: FrameHeader, _ body: ByteBuffer) {
        self.init(
            stream: header.stream,
            type: header.type,
            flags: header.flags.rawValue,
            body: Array(body.readableBytesView)
        )
    }

    init(stream: UInt32, type: UInt8, flags: UInt8 = 0, body: [UInt8] = []) {
        self.stream = stream
        self.type = type
        self.flags = flags
        self.body = body
    }
}

extension Ttrpc_KeyValue {
    /// A message of a key.
    static func of(_ key: String, value: String = "") -> Ttrpc_KeyValue {
        .with { ($0.key, $0.value) = (key, value) }
    }
}
