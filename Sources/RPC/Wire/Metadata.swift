/// Named values that accompany a request: ordered pairs, several per key allowed, keys without regard to case.
package struct Metadata: Sendable, Equatable {
    struct Pair: Sendable, Equatable {
        let key: String
        var value: String
    }

    /// In the order of sending, with lower-case keys.
    private(set) var pairs: [Pair] = []

    /// Makes metadata without a pair.
    package init() {}

    /// Makes metadata of the given pairs, in their order.
    package init(_ pairs: KeyValuePairs<String, String>) {
        for (key, value) in pairs { self.append(key, value) }
    }

    /// The first value of a key.
    package subscript(_ key: String) -> String? {
        if self.pairs.isEmpty { return nil }
        let key = key.inLowerCase
        return self.pairs.first { $0.key == key }?.value
    }

    /// All values of a key, in their order.
    package func values(for key: String) -> [String] {
        let key = key.inLowerCase
        return self.pairs.filter { $0.key == key }.map(\.value)
    }

    /// Adds a pair behind the others.
    package mutating func append(_ key: String, _ value: String) {
        self.pairs.append(Pair(key: key.inLowerCase, value: value))
    }

    /// Makes `value` the only value of a key.
    package mutating func replace(_ key: String, with value: String) {
        let key = key.inLowerCase
        self.pairs.removeAll { $0.key == key }
        self.pairs.append(Pair(key: key, value: value))
    }
}

extension Metadata: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        for (key, value) in elements { self.append(key, value) }
    }
}

extension String {
    /// The text in lower case, which keys nearly always are already.
    fileprivate var inLowerCase: String {
        let mayHaveUpperCase = self.utf8.contains { ($0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z")) || $0 >= 0x80 }
        return mayHaveUpperCase ? self.lowercased() : self
    }
}
