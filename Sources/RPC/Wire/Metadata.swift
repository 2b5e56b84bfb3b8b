/// Named values that accompany a request: ordered pairs, several per key allowed, keys without regard to case.
package struct Metadata: Sendable, Equatable {
    struct Pair: Sendable, Equatable {
        let key: String
        var value: String

        /// Whether this is the key of the pair. Nearly always the lengths tell, or the given key is in lower case.
        fileprivate func hasKey(_ key: String) -> Bool {
            self.key.utf8.count == key.utf8.count && (self.key == key || self.key == key.inLowerCase)
        }
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
        self.pairs.first { $0.hasKey(key) }?.value
    }

    /// All values of a key, in their order.
    package func values(for key: String) -> [String] {
        self.pairs.filter { $0.hasKey(key) }.map(\.value)
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
