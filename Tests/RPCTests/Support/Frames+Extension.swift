import NIOCore
import SwiftProtobuf

@testable import RPC

/// Frames of the extension as tests write and read them.
extension Frame {
    /// A frame of the extension.
    static func extended(_ frame: ExtensionFrame) -> Frame {
        var bytes = ByteBuffer()
        bytes.write(frame)
        guard let written = Frame.all(in: bytes).first else { preconditionFailure("a frame was written") }
        return written
    }

    /// The frame of the extension that this is.
    var asExtended: ExtensionFrame? {
        var bytes = ByteBuffer(bytes: self.bytes)
        var decoder = FrameDecoder()
        decoder.append(bytes.readSlice(length: bytes.readableBytes) ?? ByteBuffer())
        guard case .frame(let header, let body) = decoder.next() else { return nil }
        return try? ExtensionFrame(parsing: header, body)
    }

    /// Offers the extension along with a request.
    func offering(_ settings: Ttrpc_Settings = .test()) throws -> Frame {
        var request = try Ttrpc_Request(serializedBytes: self.body)
        request.xtOffer = try settings.serializedBytes()
        var frame = self
        frame.body = try request.serializedBytes()
        return frame
    }

    /// The body cut into fragments of a length.
    func fragments(of length: Int) -> [Frame] {
        let starts = Array(stride(from: 0, to: max(1, self.body.count), by: length))
        return starts.map { start in
            let body = Array(self.body[start..<min(start + length, self.body.count)])
            let isLast = start == starts.last
            if start > 0 { return Frame(stream: self.stream, type: 0x87, flags: isLast ? 0 : 1, body: body) }
            return Frame(stream: self.stream, type: self.type, flags: self.flags | (isLast ? 0 : 0x40), body: body)
        }
    }

    /// The acknowledgement of the server's settings.
    static func acknowledgement(_ settings: Ttrpc_Settings = .test()) -> Frame {
        .extended(.settings(settings, isAcknowledgement: true))
    }
}

extension Ttrpc_Settings {
    /// A client's settings: all features, with changes.
    static func test(_ change: (inout Ttrpc_Settings) -> Void = { _ in }) -> Ttrpc_Settings {
        var settings = ExtensionSettings().message(maxStreams: nil)
        change(&settings)
        return settings
    }
}

extension ConnectionInHand {
    /// A connection whose client has agreed on the extension. Streams from 3 on are free.
    static func extended(
        _ configuration: ServerConfiguration = .init(),
        client: Ttrpc_Settings = .test()
    ) throws -> ConnectionInHand {
        let server = try ConnectionInHand(configuration)
        _ = try server.exchange(try .request(EchoService.echo, on: 1).offering())
        try server.send(.acknowledgement(client))
        return server
    }

    /// Delivers frames, each in a read of its own, and takes what the server writes.
    func exchange(_ frames: [Frame]) throws -> [Frame] {
        for frame in frames { try self.send(frame) }
        return try self.receive()
    }

    /// The GOAWAY with which the server has ended the connection.
    func goAway() throws -> GoAway? {
        for case .goAway(let goAway)? in try self.receive().map(\.asExtended) { return goAway }
        return nil
    }
}

extension [Frame] {
    /// Bytes of all bodies.
    var bodyBytes: Int { self.reduce(0) { $0 + $1.body.count } }

    /// What the frames cost of a window.
    var charge: Int { self.reduce(0) { $0 + $1.body.count + 10 } }

    /// Those of a stream.
    func on(_ stream: UInt32) -> [Frame] { self.filter { $0.stream == stream } }
}
