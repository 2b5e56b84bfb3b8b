internal import NIOCore

extension AdaptiveRecvByteBufferAllocator {
    /// Reads of up to 64 KiB where much arrives, while a quiet connection holds a small buffer only.
    static var growing: AdaptiveRecvByteBufferAllocator {
        AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: 64 * 1024)
    }
}
