import CRedis
import NIOCore

/// A command in the form in which it is sent.
struct Command: Sendable {
    let bytes: ByteBuffer

    /// Commands that change the connection which all callers share, hold it up, or are answered out of order.
    private static let refused: Set<String> = [
        "AUTH", "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "CLIENT",
        "DISCARD", "EXEC", "HELLO", "MONITOR", "MULTI", "PSUBSCRIBE", "PSYNC", "PUNSUBSCRIBE", "QUIT", "RESET",
        "SELECT", "SSUBSCRIBE", "SUBSCRIBE", "SUNSUBSCRIBE", "SYNC", "UNSUBSCRIBE", "UNWATCH", "WAIT", "WATCH",
    ]

    /// A command of a caller.
    init(_ words: [[UInt8]], byteLimit: Int) throws(RedisError) {
        guard let name = words.first, !name.isEmpty else { throw RedisError(.invalidCommand, "the command is empty") }
        let size = words.reduce(0) { $0 + $1.count }
        guard size <= byteLimit else {
            throw RedisError(.invalidCommand, "the command has \(size) bytes, more than \(byteLimit)")
        }
        guard !Self.refused.contains(String(decoding: name, as: UTF8.self).uppercased()) else {
            throw RedisError(.invalidCommand, "the command would change the connection that all callers share")
        }
        try self.init(formatting: words)
    }

    /// A command of the connection itself.
    init(formatting words: [[UInt8]]) throws(RedisError) {
        var target: UnsafeMutablePointer<CChar>?
        var flat: [UInt8] = []
        flat.reserveCapacity(words.reduce(1) { $0 + $1.count })
        words.forEach { flat.append(contentsOf: $0) }
        flat.append(0)  // so that empty words have an address too
        let length = flat.withUnsafeBytes { bytes in
            var next = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            var starts = words.map { word in
                defer { next = next?.advanced(by: word.count) }
                return next
            }
            return redisFormatCommandArgv(&target, Int32(words.count), &starts, words.map(\.count))
        }
        guard let target, length >= 0 else { throw RedisError(.invalidCommand, "the command cannot be formatted") }
        defer { redisFreeCommand(target) }
        self.bytes = ByteBuffer(bytes: UnsafeRawBufferPointer(start: target, count: Int(length)))
    }
}
