/// Values by stream id, found without the hash function that dictionaries use, which costs a small call 3 % of its time.
///
/// Open addressing with linear probing, at most half full. A peer chooses the ids, so what they hash to depends on a
/// number that it does not know.
struct StreamMap<Value> {
    private struct Slot {
        /// 0, which is no stream that can be open, marks a free slot.
        var stream: UInt32 = 0
        var value: Value?
    }

    private var slots: [Slot] = []
    private(set) var count = 0

    var isEmpty: Bool { self.count == 0 }

    /// In no particular order.
    var values: [Value] { self.slots.compactMap(\.value) }

    subscript(_ stream: UInt32) -> Value? {
        get { self.find(stream).flatMap { self.slots[$0].value } }
        set {
            if let newValue { self.set(newValue, for: stream) } else { self.removeValue(for: stream) }
        }
    }

    /// Takes a value out.
    @discardableResult
    mutating func removeValue(for stream: UInt32) -> Value? {
        guard var hole = self.find(stream) else { return nil }
        let value = self.slots[hole].value.take()
        self.count -= 1
        // Whatever was pushed beyond the hole moves up, so that nothing is looked for in vain.
        var next = (hole + 1) & self.mask
        while self.slots[next].stream != 0 {
            let home = self.home(of: self.slots[next].stream)
            if (next &- home) & self.mask >= (next &- hole) & self.mask {
                self.slots[hole] = self.slots[next]
                hole = next
            }
            next = (next + 1) & self.mask
        }
        self.slots[hole] = Slot()
        return value
    }

    mutating func removeAll() {
        self = StreamMap()
    }

    private mutating func set(_ value: Value, for stream: UInt32) {
        if let index = self.find(stream) { return self.slots[index].value = value }
        if self.count * 2 >= self.slots.count { self.grow() }
        self.insert(value, for: stream)
        self.count += 1
    }

    private mutating func insert(_ value: Value, for stream: UInt32) {
        var index = self.home(of: stream)
        while self.slots[index].stream != 0 { index = (index + 1) & self.mask }
        self.slots[index] = Slot(stream: stream, value: value)
    }

    private mutating func grow() {
        let old = self.slots
        self.slots = Array(repeating: Slot(), count: max(8, old.count * 2))
        for slot in old {
            if let value = slot.value { self.insert(value, for: slot.stream) }
        }
    }

    private func find(_ stream: UInt32) -> Int? {
        guard !self.slots.isEmpty, stream != 0 else { return nil }
        var index = self.home(of: stream)
        while self.slots[index].stream != stream {
            if self.slots[index].stream == 0 { return nil }
            index = (index + 1) & self.mask
        }
        return index
    }

    private var mask: Int { self.slots.count - 1 }

    /// Where a stream stands if nothing is in its way: the finalizer of MurmurHash3.
    private func home(of stream: UInt32) -> Int {
        var mixed = stream ^ streamSeed
        mixed = (mixed ^ (mixed >> 16)) &* 0x85EB_CA6B
        mixed = (mixed ^ (mixed >> 13)) &* 0xC2B2_AE35
        return Int(mixed ^ (mixed >> 16)) & self.mask
    }
}

private let streamSeed = UInt32.random(in: 0 ... .max)
