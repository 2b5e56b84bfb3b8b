import NIOCore
import SwiftProtobuf
import Testing

@testable import RPC

struct ExtensionFrameTests {
    static let frames: [ExtensionFrame] = [
        .settings(ExtensionSettings().message(maxStreams: 128), isAcknowledgement: false),
        .settings(ExtensionSettings().message(maxStreams: nil), isAcknowledgement: true),
        .ping(0x0102_0304_0506_0708, isAcknowledgement: false),
        .ping(.max, isAcknowledgement: true),
        .goAway(GoAway(lastStream: 7, code: 11, text: "too_many_pings")),
        .windowUpdate(stream: 5, credit: 65_536),
        .windowUpdate(stream: FrameHeader.connectionStream, credit: 1),
        .cancel(stream: 9, .deadlineExceeded, ""),
        .reset(stream: 3, Reset(code: .unavailable, isRefused: true, text: "drain")),
        .reset(stream: 3, Reset(code: .internal, isRefused: false, retry: .never, text: "")),
        .reset(stream: 3, Reset(code: .unavailable, isRefused: true, retry: .after(milliseconds: 250), text: "busy")),
        .metadata(stream: 1, ["a": "1", "a": "2", "b-bin": "AAE"], isTrailing: false),
        .metadata(stream: 1, [:], isTrailing: true),
    ]

    @Test(arguments: Self.frames)
    func `reads what it writes`(frame: ExtensionFrame) throws {
        let (header, body) = try Self.written(frame)

        #expect(try ExtensionFrame(parsing: header, body) == frame)
    }

    /// The other frames of a fixed length end in a text, which is as long as it is.
    @Test(arguments: Self.frames.filter { $0.tail != nil })
    func `reads a longer body as far as it is known`(frame: ExtensionFrame) throws {
        var (header, body) = try Self.written(frame)
        body.writeBytes(frame.tail ?? [])
        header.length = body.readableBytes

        var read = try ExtensionFrame(parsing: header, body)
        if case .settings(var settings, let isAcknowledgement) = read {
            settings.unknownFields = .init()
            read = .settings(settings, isAcknowledgement: isAcknowledgement)
        }

        #expect(read == frame)
    }

    @Test(arguments: Self.frames.filter { $0.shortest > 0 })
    func `refuses a shorter body`(frame: ExtensionFrame) throws {
        let (header, body) = try Self.written(frame)

        for length in 0..<frame.shortest {
            #expect(throws: MalformedFrame()) {
                try ExtensionFrame(parsing: header, body.getSlice(at: body.readerIndex, length: length) ?? body)
            }
        }
    }

    @Test(arguments: [0x80, 0x81, 0x82] as [UInt8])
    func `wants frames of the connection on its stream`(type: UInt8) {
        let header = FrameHeader(length: 8, stream: 1, type: type, flags: [])

        #expect(throws: MalformedFrame()) { try ExtensionFrame(parsing: header, ByteBuffer(repeating: 0, count: 8)) }
    }

    @Test(arguments: [0x84, 0x85, 0x86] as [UInt8])
    func `wants frames of a call on a stream`(type: UInt8) {
        let header = FrameHeader(length: 8, stream: FrameHeader.connectionStream, type: type, flags: [])

        #expect(throws: MalformedFrame()) { try ExtensionFrame(parsing: header, ByteBuffer(repeating: 0, count: 8)) }
    }

    @Test(arguments: [0x87, 0x88, 0xFF, 0x01] as [UInt8])
    func `leaves continuations and unknown types alone`(type: UInt8) throws {
        let header = FrameHeader(length: 0, stream: 1, type: type, flags: [])

        #expect(try ExtensionFrame(parsing: header, ByteBuffer()) == nil)
    }

    @Test func `cuts long explanations at a whole character`() throws {
        let text = String(repeating: "ä", count: 300)
        let (header, body) = try Self.written(.goAway(GoAway(lastStream: 1, code: 0, text: text)))

        guard case .goAway(let read) = try ExtensionFrame(parsing: header, body) else { return #expect(Bool(false)) }
        #expect(read.text == String(repeating: "ä", count: 128))
        #expect(header.length == 8 + 256)
    }

    private static func written(_ frame: ExtensionFrame) throws -> (FrameHeader, ByteBuffer) {
        var buffer = ByteBuffer()
        buffer.write(frame)
        var decoder = FrameDecoder()
        decoder.append(buffer)
        guard case .frame(let header, let body) = decoder.next() else { throw MalformedFrame() }
        return (header, body)
    }
}

extension ExtensionFrame {
    /// Bytes that cannot be missing.
    fileprivate var shortest: Int {
        switch self {
        case .ping, .goAway, .reset: 8
        case .windowUpdate, .cancel: 4
        case .settings, .metadata: 0
        }
    }

    /// What a later version might add; nil if nothing can be.
    fileprivate var tail: [UInt8]? {
        switch self {
        case .ping, .windowUpdate: Array("later versions say more".utf8)
        case .settings, .metadata: [0xFA, 0x01, 0x01, 0x78]  // field 31, one byte
        case .goAway, .cancel, .reset: nil
        }
    }
}
