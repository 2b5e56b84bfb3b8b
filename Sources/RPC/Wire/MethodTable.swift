/// Finds a method by the bytes of its service and its name, without making strings.
struct MethodTable<Value: Sendable>: Sendable {
    private final class Entry: Sendable {
        let hash: UInt64
        let service: [UInt8]
        let name: [UInt8]
        let value: Value

        init(hash: UInt64, service: [UInt8], name: [UInt8], value: Value) {
            self.hash = hash
            self.service = service
            self.name = name
            self.value = value
        }
    }

    /// Open addressing; a power of two, at most half full, so a search ends soon.
    private var slots: [Entry?]

    /// - Throws: `DuplicateMethod` if a method is given twice.
    init(_ methods: [(descriptor: MethodDescriptor, value: Value)]) throws(DuplicateMethod) {
        var size = 8
        while size < methods.count * 2 { size *= 2 }
        self.slots = Array(repeating: nil, count: size)
        for (descriptor, value) in methods { try self.insert(descriptor, value) }
    }

    /// The method of that service and name, if there is one.
    func find(service: Span<UInt8>, name: Span<UInt8>) -> Value? {
        let hash = Self.hash(service, name)
        var slot = self.slot(of: hash)
        while let entry = self.slots[slot] {
            if entry.hash == hash, service.holds(entry.service), name.holds(entry.name) { return entry.value }
            slot = self.slot(after: slot)
        }
        return nil
    }

    private mutating func insert(_ descriptor: MethodDescriptor, _ value: Value) throws(DuplicateMethod) {
        let service = Array(descriptor.service.utf8)
        let name = Array(descriptor.name.utf8)
        guard self.find(service: service.span, name: name.span) == nil else {
            throw DuplicateMethod(path: descriptor.path)
        }
        let hash = Self.hash(service.span, name.span)
        var slot = self.slot(of: hash)
        while self.slots[slot] != nil { slot = self.slot(after: slot) }
        self.slots[slot] = Entry(hash: hash, service: service, name: name, value: value)
    }

    private func slot(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash) & (self.slots.count - 1)
    }

    private func slot(after slot: Int) -> Int {
        (slot + 1) & (self.slots.count - 1)
    }

    /// Not seeded: the keys of the table come from the program, and a miss ends at the next empty slot.
    private static func hash(_ service: Span<UInt8>, _ name: Span<UInt8>) -> UInt64 {
        name.mixed(into: service.mixed(into: UInt64(service.count)))
    }
}

/// A method is served twice.
struct DuplicateMethod: Error, CustomStringConvertible {
    let path: String

    var description: String { "The method \(self.path) is served twice." }
}

extension Span<UInt8> {
    fileprivate func holds(_ bytes: [UInt8]) -> Bool {
        self.isEqual(to: bytes.span)
    }
}
