import Testing

@testable import RPC

struct MetadataTests {
    @Test func `finds values whatever the case of the key`() {
        let metadata = Metadata(["X-Tag": "1", "other": "2", "x-tag": "3"])

        #expect(metadata["x-TAG"] == "1")
        #expect(metadata.values(for: "X-TAG") == ["1", "3"])
        #expect(metadata["nothing"] == nil)
    }

    @Test func `replaces all values of a key`() {
        var metadata: Metadata = ["a": "1", "b": "2", "A": "3"]

        metadata.replace("a", with: "4")

        #expect(metadata == ["b": "2", "a": "4"])
    }

    @Test(arguments: [0, 127, 128, 20_000]) func `holds values of any length`(length: Int) {
        let value = String(repeating: "é", count: length)

        #expect(Metadata(["k": value, "other": "x"])["K"] == value)
        #expect(Metadata(["k": value, "other": "x"])["other"] == "x")
    }

    @Test func `finds keys beyond ASCII whatever their case`() {
        let metadata = Metadata(["Größe": "1", "ÄRGER": "2"])

        #expect(metadata["GRÖßE"] == "1")
        #expect(metadata["ärger"] == "2")
    }

    @Test(arguments: 0..<100)
    func `finds each of many keys and no other`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let letters = Array("aZ-7é_П")
        let keys = (0..<20).map { _ in
            let length = Int.random(in: 1...8, using: &random)
            return String((0..<length).map { _ in letters.randomElement(using: &random) ?? "a" })
        }
        var metadata = Metadata()
        for key in keys.prefix(10) { metadata.append(key, key) }

        for key in keys {
            let same = keys.prefix(10).filter { $0.lowercased() == key.lowercased() }
            #expect(metadata.values(for: key.uppercased()) == same)
            #expect(metadata[key.lowercased()] == same.first)
        }
    }
}
