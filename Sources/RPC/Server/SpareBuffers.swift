internal import NIOCore

/// Output buffers that connections of one event loop borrow, so that an idle connection holds none.
final class SpareBuffers {
    private static let most = 8
    private static let smallest = 16 * 1024
    /// A buffer that grew beyond this is given back to the system.
    private static let largest = 256 * 1024

    private var spare: [ByteBuffer] = []

    /// An empty buffer.
    func take() -> ByteBuffer {
        var buffer = self.spare.popLast() ?? ByteBuffer()
        buffer.clear(minimumCapacity: Self.smallest)
        return buffer
    }

    /// Takes a buffer back. Its bytes may still be on their way out: `take` makes new storage then.
    func giveBack(_ buffer: ByteBuffer) {
        guard self.spare.count < Self.most, buffer.capacity <= Self.largest else { return }
        self.spare.append(buffer)
    }
}
