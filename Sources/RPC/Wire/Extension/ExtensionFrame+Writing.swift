internal import NIOCore
internal import SwiftProtobuf

extension ExtensionFrame {
    /// The most bytes of an explanation.
    static let longestText = 256
}

extension ByteBuffer {
    /// Writes a frame of the extension.
    mutating func write(_ frame: ExtensionFrame) {
        switch frame {
        case .settings(let settings, let isAnswer):
            let flags: FrameFlags = isAnswer ? .acknowledgement : []
            self.writeExtension(.settings, FrameHeader.connectionStream, flags) { $0.writeMessage(settings) }
        case .ping(let bytes, let isAnswer):
            let flags: FrameFlags = isAnswer ? .acknowledgement : []
            self.writeExtension(.ping, FrameHeader.connectionStream, flags) { $0.writeInteger(bytes) }
        case .goAway(let goAway):
            self.writeExtension(.goAway, FrameHeader.connectionStream) {
                $0.writeMultipleIntegers(goAway.lastStream, goAway.code)
                $0.writeShortText(goAway.text)
            }
        case .windowUpdate(let stream, let credit):
            self.writeExtension(.windowUpdate, stream) { $0.writeInteger(credit) }
        case .cancel(let stream, let code, let text):
            self.writeExtension(.cancel, stream) {
                $0.writeInteger(UInt32(code.rawValue))
                $0.writeShortText(text)
            }
        case .reset(let stream, let reset):
            self.writeExtension(.reset, stream, reset.isRefused ? .refused : []) {
                $0.writeMultipleIntegers(UInt32(reset.code.rawValue), reset.retry.milliseconds)
                $0.writeShortText(reset.text)
            }
        case .metadata(let stream, let metadata, let isTrailing):
            self.writeExtension(.metadata, stream, isTrailing ? .trailing : .initial) {
                $0.writeMessage(Ttrpc_StreamMetadata.with { $0.pairs = metadata.messages })
            }
        }
    }

    private mutating func writeExtension(
        _ type: ExtensionType,
        _ stream: UInt32,
        _ flags: FrameFlags = [],
        body: (inout ByteBuffer) -> Void
    ) {
        let start = self.writerIndex
        self.writeMultipleIntegers(UInt32(0), stream, type.rawValue, flags.rawValue)
        body(&self)
        self.setInteger(UInt32(self.writerIndex - start - FrameHeader.size), at: start)
    }

    private mutating func writeMessage(_ message: some Message) {
        // These messages have no required fields and hold text only, so they encode.
        let bytes: [UInt8] = (try? message.serializedBytes()) ?? []
        self.writeBytes(bytes)
    }

    private mutating func writeShortText(_ text: String) {
        self.writeString(text.truncated(to: ExtensionFrame.longestText))
    }
}

extension Metadata {
    /// The pairs as messages.
    var messages: [Ttrpc_KeyValue] {
        self.pairs.map { pair in
            Ttrpc_KeyValue.with {
                $0.key = pair.key
                $0.value = pair.value
            }
        }
    }
}
