import NIOCore
import NIOPosix
import NIOSSL

/// The floor: cuts frames and sends their bodies back, with the socket options of our server. No protobuf, no dispatch.
///
/// A request whose flags say that nothing follows is a stream: its last bytes go out a thousand times, as many as an
/// answer has.
// Touched on its event loop only.
final class FrameEcho: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let header = 10
    private static let streamed = (count: 1_000, length: 55)
    /// Bodies of more bytes are sent as they lie, not copied.
    private static let copied = 8 * 1024

    private var input = ByteBuffer()
    /// Whether nobody else holds the bytes of `input`, so that more can be added without a copy.
    private var isOwnCopy = false
    private var output = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.append(self.unwrapInboundIn(data))
        while let length = self.nextLength, let frame = self.input.readSlice(length: Self.header + length) {
            self.isOwnCopy = false
            self.answer(frame, context)
        }
        if self.input.readableBytes == 0 { self.input = ByteBuffer() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.writeOut(context)
        context.flush()
    }

    private var nextLength: Int? {
        self.input.getInteger(at: self.input.readerIndex, as: UInt32.self).map(Int.init)
    }

    private func append(_ read: ByteBuffer) {
        if self.input.readableBytes == 0 { return self.input = read }
        if !self.isOwnCopy {
            var whole = ByteBuffer()
            whole.reserveCapacity(Self.header + (self.nextLength ?? 0) + read.readableBytes)
            whole.writeImmutableBuffer(self.input)
            self.input = whole
            self.isOwnCopy = true
        }
        self.input.writeImmutableBuffer(read)
    }

    private func answer(_ frame: ByteBuffer, _ context: ChannelHandlerContext) {
        var rest = frame
        guard let (length, stream, _, flags) = rest.readMultipleIntegers(as: (UInt32, UInt32, UInt8, UInt8).self) else {
            return
        }
        if flags & 0x01 != 0 { return self.stream(rest, stream) }
        self.output.writeMultipleIntegers(length, stream, UInt8(0x02), UInt8(0))
        if rest.readableBytes <= Self.copied {
            self.output.writeImmutableBuffer(rest)
        } else {
            self.writeOut(context)
            context.write(self.wrapOutboundOut(rest), promise: nil)
        }
    }

    private func stream(_ body: ByteBuffer, _ stream: UInt32) {
        var message = body
        message.moveReaderIndex(forwardBy: max(0, message.readableBytes - Self.streamed.length))
        for _ in 0..<Self.streamed.count {
            self.output.writeMultipleIntegers(UInt32(message.readableBytes), stream, UInt8(0x03), UInt8(0))
            self.output.writeImmutableBuffer(message)
        }
        self.output.writeMultipleIntegers(UInt32(0), stream, UInt8(0x03), UInt8(0x05))
    }

    private func writeOut(_ context: ChannelHandlerContext) {
        guard self.output.readableBytes > 0 else { return }
        context.write(self.wrapOutboundOut(self.output), promise: nil)
        self.output.clear(minimumCapacity: 16 * 1024)
    }
}

extension FrameEcho {
    /// Listens on a free port and returns it. `certificate` is the PEM files of certificate and key, or nothing for plain
    /// connections.
    static func listen(group: MultiThreadedEventLoopGroup, certificate: [String]) async throws -> Int {
        let security = certificate.isEmpty ? nil : try Self.security(certificate)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: 64 * 1024)
            )
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let security { try pipeline.addHandler(NIOSSLServerHandler(context: security)) }
                    try pipeline.addHandler(FrameEcho())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return channel.localAddress?.port ?? 0
    }

    private static func security(_ files: [String]) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(files[0]).map { NIOSSLCertificateSource.certificate($0) }
        let key = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(file: files[1], format: .pem))
        return try NIOSSLContext(configuration: .makeServerConfiguration(certificateChain: chain, privateKey: key))
    }
}
