import Testing

@testable import RPC

/// What looks at eight bytes at a time, against what looks at each.
struct WordTests {
    private static func areEqual(_ bytes: [UInt8], _ others: [UInt8]) -> Bool { bytes.span.isEqual(to: others.span) }

    private static func begin(_ bytes: [UInt8], with others: [UInt8]) -> Bool { bytes.span.begin(with: others) }

    private static func isText(_ bytes: [UInt8]) -> Bool { bytes.span.isText }

    @Test(arguments: 0..<200)
    func `bytes are equal if all are`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = random.bytes(upTo: 40)
        var other = bytes
        #expect(Self.areEqual(bytes, other))
        for index in bytes.indices {
            other[index] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            #expect(!Self.areEqual(bytes, other))
            other[index] = bytes[index]
        }
        #expect(!Self.areEqual(bytes, bytes + [0]))
        #expect(Self.begin(bytes + other, with: bytes))
        #expect(!Self.begin(bytes, with: bytes + [0]))
    }

    @Test(arguments: 0..<200)
    func `text is what is valid UTF-8`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var bytes = Array(String(repeating: "abé€😀", count: .random(in: 0...3, using: &random)).utf8)
        #expect(Self.isText(bytes))
        guard let index = bytes.indices.randomElement(using: &random) else { return }
        bytes[index] = .random(in: 0 ... .max, using: &random)
        #expect(Self.isText(bytes) == (String(validating: bytes, as: UTF8.self) != nil))
    }

    @Test(arguments: 0..<20)
    func `one byte beyond ASCII is found wherever it stands`(count: Int) {
        for index in 0..<count {
            var bytes = [UInt8](repeating: 0x7F, count: count)
            #expect(Self.isText(bytes))
            bytes[index] = 0xFF
            #expect(!Self.isText(bytes))
        }
    }
}
