internal import NIOCore

extension ByteBuffer {
    /// The readable bytes of a range, which must be within them. Shares the storage.
    func part(_ range: Range<Int>) -> ByteBuffer {
        var part = self
        part.moveReaderIndex(forwardBy: range.lowerBound)
        part.moveWriterIndex(to: part.readerIndex + range.count)
        return part
    }
}
