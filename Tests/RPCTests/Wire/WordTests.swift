import Testing

@testable import RPC

/// What looks at eight bytes at a time, against what looks at each.
struct WordTests {
    @Test(arguments: 0..<200)
    func `bytes are equal if all are`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = random.bytes(upTo: 40)
        var other = bytes
        #expect(bytes.span.isEqual(to: other.span))
        for index in bytes.indices {
            other[index] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            #expect(!bytes.span.isEqual(to: other.span))
            other[index] = bytes[index]
        }
        #expect(!bytes.span.isEqual(to: (bytes + [0]).span))
        #expect((bytes + other).span.begin(with: bytes))
        #expect(!bytes.span.begin(with: bytes + [0]))
    }

    @Test(arguments: 0..<200)
    func `text is what is valid UTF-8`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var bytes = Array(String(repeating: "abé€😀", count: .random(in: 0...3, using: &random)).utf8)
        #expect(bytes.span.isText)
        guard let index = bytes.indices.randomElement(using: &random) else { return }
        bytes[index] = .random(in: 0 ... .max, using: &random)
        #expect(bytes.span.isText == (String(validating: bytes, as: UTF8.self) != nil))
    }

    @Test(arguments: 0..<20)
    func `one byte beyond ASCII is found wherever it stands`(count: Int) {
        for index in 0..<count {
            var bytes = [UInt8](repeating: 0x7F, count: count)
            #expect(bytes.span.isText)
            bytes[index] = 0xFF
            #expect(!bytes.span.isText)
        }
    }
}
