import CRedis

/// Turns bytes into replies with hiredis' parser, which does no I/O. After an error it answers nothing any more.
struct ReplyParser: ~Copyable {
    private let reader: UnsafeMutablePointer<redisReader>
    private let byteLimit: Int
    /// Bytes taken in since the last whole reply.
    private var unfinished = 0

    /// Nil when out of memory.
    init?(byteLimit: Int) {
        guard let reader = redisReaderCreate() else { return nil }
        self.reader = reader
        self.byteLimit = byteLimit
    }

    deinit {
        redisReaderFree(self.reader)
    }

    mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        self.unfinished += bytes.count
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard redisReaderFeed(self.reader, start, bytes.count) == REDIS_OK else { throw self.broken() }
    }

    /// The next whole reply, or nil until more bytes arrive.
    mutating func next() throws(RedisError) -> Reply? {
        var raw: UnsafeMutableRawPointer?
        guard redisReaderGetReply(self.reader, &raw) == REDIS_OK else { throw self.broken() }
        guard let raw else {
            guard self.unfinished <= self.byteLimit else {
                throw RedisError(.brokenProtocol, "an answer is longer than \(self.byteLimit) bytes")
            }
            return nil
        }
        defer { freeReplyObject(raw) }
        self.unfinished = self.reader.pointee.len - self.reader.pointee.pos
        return Reply(copying: raw.assumingMemoryBound(to: redisReply.self).pointee)
    }

    private func broken() -> RedisError {
        let text = withUnsafeBytes(of: self.reader.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return RedisError(.brokenProtocol, text, mayHaveExecuted: true)
    }
}

extension Reply {
    fileprivate init(copying raw: redisReply) {
        switch raw.type {
        case REDIS_REPLY_STRING: self = .string(Array(raw.content))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: raw.content, as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: raw.content, as: UTF8.self))
        case REDIS_REPLY_INTEGER: self = .integer(raw.integer)
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: raw.element, count: Int(raw.elements))
            self = .array(elements.map { element in element.map { Reply(copying: $0.pointee) } ?? .null })
        default: self = .null
        }
    }
}

extension redisReply {
    fileprivate var content: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: self.str, count: Int(self.len))
    }
}
