/// Values by stream id, found without the hash function that dictionaries use, which costs a small call 3 % of its time.
///
/// Open addressing with linear probing, at most half full. A peer chooses the ids, so what they hash to depends on a
/// number that it does not know.
struct StreamMap<Value> {
    /// 0, which is no stream that can be open, marks a free slot.
    private var streams: [UInt32] = []
    private var contents: [Value?] = []
    private(set) var count = 0

    var isEmpty: Bool { self.count == 0 }

    /// In no particular order.
    var values: [Value] { self.contents.compactMap(\.self) }

    subscript(_ stream: UInt32) -> Value? {
        get { self.find(stream).flatMap { self.contents[$0] } }
        set {
            if let newValue { self.set(newValue, for: stream) } else { self.removeValue(for: stream) }
        }
    }

    /// Takes a value out.
    @discardableResult
    mutating func removeValue(for stream: UInt32) -> Value? {
        guard var hole = self.find(stream) else { return nil }
        let value = self.contents[hole].take()
        self.count -= 1
        // Whatever was pushed beyond the hole moves up, so that nothing is looked for in vain.
        var next = (hole + 1) & self.mask
        while self.streams[next] != 0 {
            let home = self.home(of: self.streams[next])
            if (next &- home) & self.mask >= (next &- hole) & self.mask {
                self.streams[hole] = self.streams[next]
                self.contents[hole] = self.contents[next].take()
                hole = next
            }
            next = (next + 1) & self.mask
        }
        self.streams[hole] = 0
        return value
    }

    mutating func removeAll() {
        self = StreamMap()
    }

    private mutating func set(_ value: consuming Value, for stream: UInt32) {
        if let index = self.find(stream) { return self.contents[index] = value }
        if self.count * 2 >= self.streams.count { self.grow() }
        self.insert(value, for: stream)
        self.count += 1
    }

    private mutating func insert(_ value: consuming Value, for stream: UInt32) {
        var index = self.home(of: stream)
        while self.streams[index] != 0 { index = (index + 1) & self.mask }
        self.streams[index] = stream
        self.contents[index] = value
    }

    private mutating func grow() {
        let old = (streams: self.streams, contents: self.contents)
        let size = max(8, old.streams.count * 2)
        self.streams = Array(repeating: 0, count: size)
        self.contents = Array(repeating: nil, count: size)
        for (stream, value) in zip(old.streams, old.contents) {
            if let value { self.insert(value, for: stream) }
        }
    }

    private func find(_ stream: UInt32) -> Int? {
        guard !self.streams.isEmpty, stream != 0 else { return nil }
        var index = self.home(of: stream)
        while self.streams[index] != stream {
            if self.streams[index] == 0 { return nil }
            index = (index + 1) & self.mask
        }
        return index
    }

    private var mask: Int { self.streams.count - 1 }

    /// Where a stream stands if nothing is in its way: the finalizer of MurmurHash3.
    private func home(of stream: UInt32) -> Int {
        var mixed = stream ^ streamSeed
        mixed = (mixed ^ (mixed >> 16)) &* 0x85EB_CA6B
        mixed = (mixed ^ (mixed >> 13)) &* 0xC2B2_AE35
        return Int(mixed ^ (mixed >> 16)) & self.mask
    }
}

private let streamSeed = UInt32.random(in: 0 ... .max)
