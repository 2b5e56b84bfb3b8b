import Logging
import NIOCore
import NIOEmbedded

extension EmbeddedChannel {
    /// Delivers bytes, if anybody is there to read them; in two reads if they are split.
    func deliver(_ bytes: ByteBuffer, isSplit: Bool = false) throws {
        guard self.isActive else { return }
        var bytes = bytes
        if isSplit, let start = bytes.readSlice(length: bytes.readableBytes / 2) { try self.writeInbound(start) }
        if self.isActive { try self.writeInbound(bytes) }
    }

    /// Takes what has been written.
    func takeOutbound() throws -> ByteBuffer {
        var output = ByteBuffer()
        while var written = try self.readOutbound(as: ByteBuffer.self) { output.writeBuffer(&written) }
        return output
    }

    func setWritable(_ isWritable: Bool) {
        self.isWritable = isWritable
        self.pipeline.fireChannelWritabilityChanged()
    }
}

extension SocketAddress {
    /// Any address.
    static var fuzz: SocketAddress {
        get throws { try SocketAddress(ipAddress: "192.0.2.7", port: 5000) }
    }
}

extension Logger {
    /// Says nothing.
    static var fuzz: Logger {
        var logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return logger
    }
}
