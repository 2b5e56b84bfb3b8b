internal import CZlib
internal import NIOCore

/// zlib's one-shot compression. The only place that sees its C names.
enum Deflate {
    /// Speed counts more than the last per cent of size.
    private static let level: Int32 = 1

    /// A shorter form of a body; nil if it does not shrink.
    static func compress(_ body: ByteBuffer) -> ByteBuffer? {
        let source = body.readableBytesView
        var length = uLongf(source.count - 1)
        var target = ByteBuffer()
        let result = target.writeWithUnsafeMutableBytes(minimumWritableBytes: source.count) { room in
            let fits = body.withUnsafeReadableBytes { bytes in
                compress2(
                    room.bindMemory(to: UInt8.self).baseAddress,
                    &length,
                    bytes.bindMemory(to: UInt8.self).baseAddress,
                    uLong(bytes.count),
                    Self.level
                ) == Z_OK
            }
            return fits ? Int(length) : 0
        }
        return result > 0 ? target : nil
    }

    /// The original of a compressed body, which must be that and nothing more.
    ///
    /// - Throws: `DecompressionError.tooLong` as soon as the original exceeds `limit`.
    static func decompress(_ body: ByteBuffer, limit: Int) throws(DecompressionError) -> ByteBuffer {
        var stream = z_stream()
        guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .malformed
        }
        defer { inflateEnd(&stream) }
        var source = body
        var target = ByteBuffer()
        var result = Z_OK
        source.withUnsafeMutableReadableBytes { bytes in
            stream.next_in = bytes.bindMemory(to: UInt8.self).baseAddress
            stream.avail_in = uInt(bytes.count)
            // One byte more than the limit shows that there is more.
            while result == Z_OK, target.readableBytes <= limit {
                let room = min(max(4 * bytes.count, 4096), limit + 1 - target.readableBytes)
                target.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { free in
                    stream.next_out = free.bindMemory(to: UInt8.self).baseAddress
                    stream.avail_out = uInt(room)
                    result = inflate(&stream, Z_NO_FLUSH)
                    return room - Int(stream.avail_out)
                }
            }
        }
        guard target.readableBytes <= limit else { throw .tooLong }
        guard result == Z_STREAM_END, stream.avail_in == 0 else { throw .malformed }
        return target
    }
}
