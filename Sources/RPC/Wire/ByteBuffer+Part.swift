internal import NIOCore

extension ByteBuffer {
    /// The readable bytes of a range, which must be within them. Shares the storage.
    func part(_ range: Range<Int>) -> ByteBuffer {
        var part = self
        part.moveReaderIndex(forwardBy: range.lowerBound)
        part.moveWriterIndex(to: part.readerIndex + range.count)
        return part
    }

    /// Looks at the readable bytes. The spans that SwiftNIO has for it make sure at each look that no two accesses overlap,
    /// which costs a small call 2 %.
    @inline(__always)  // What the callers do with it is a part of them.
    func withBytes<Result, Failure>(
        _ look: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try self.withUnsafeReadableBytes { bytes throws(Failure) in
            try look(bytes.assumingMemoryBound(to: UInt8.self).span)
        }
    }
}
