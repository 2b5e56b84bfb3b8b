import Credits
import Testing

@Suite struct CSVParserTests {
    /// Reads bytes cut at the given places.
    private func read(_ bytes: [UInt8], cutAt cuts: [Int] = []) -> Result<[CSVRecord], CSVFault> {
        var parser = CSVParser()
        var records: [CSVRecord] = []
        do throws(CSVFault) {
            var start = 0
            for end in cuts.sorted() + [bytes.count] {
                records += try parser.feed(bytes[start..<end])
                start = end
            }
            if let last = try parser.finish() { records.append(last) }
            return .success(records)
        } catch {
            return .failure(error)
        }
    }

    private func read(_ text: String) -> Result<[CSVRecord], CSVFault> { self.read(Array(text.utf8)) }

    @Test(arguments: [
        ("", []),
        ("a,b", [(1, ["a", "b"])]),
        ("a,b\n", [(1, ["a", "b"])]),
        ("a\r\nb\nc\rd", [(1, ["a"]), (2, ["b"]), (3, ["c"]), (4, ["d"])]),
        ("\n\r\n\ra\n\n\nb\n", [(4, ["a"]), (7, ["b"])]),
        ("\"a\"\"b\",\"c,d\"\n", [(1, ["a\"b", "c,d"])]),
        ("\"a\r\nb\nc\rd\"\ne", [(1, ["a\r\nb\nc\rd"]), (5, ["e"])]),
        (",\n\"\"\n,", [(1, ["", ""]), (2, [""]), (3, ["", ""])]),
        ("\u{FEFF}a,b\n", [(1, ["a", "b"])]),
        ("\u{FEFF}\"a\"\n\u{FEFF}b", [(1, ["a"]), (2, ["\u{FEFF}b"])]),
        ("\u{FEFF}", []),
        (" a , b ", [(1, [" a ", " b "])]),
    ])
    func `records begin where editors count them`(text: String, expected: [(Int, [String])]) {
        #expect(self.read(text) == .success(expected.map { CSVRecord(line: $0, cells: $1) }))
    }

    @Test(arguments: [
        ("a\nb\"c\n", 2, CSVFault.Kind.strayQuote),
        ("a\n\"b\"c\n", 2, .textAfterQuote),
        ("a\nb\n\"c\nd\n", 3, .openQuote),
        ("a\n\"b\nc\0\"", 3, .nul),
        ("a\n" + String(repeating: "b", count: CSVParser.recordLimit + 1), 2, .tooLong),
    ])
    func `a fault names its line`(text: String, line: Int, kind: CSVFault.Kind) {
        guard case .failure(let fault) = self.read(text) else {
            Issue.record("It was read.")
            return
        }
        #expect(fault.line == line)
        #expect(fault.kind == kind)
    }

    @Test(arguments: [[0xFF], [0xC3], [0xEF, 0xBB], [0xC0, 0x80], [0xED, 0xA0, 0x80]])
    func `what is not UTF-8 names its line`(wrong: [UInt8]) {
        guard case .failure(let fault) = self.read(Array("a\nb,".utf8) + wrong + Array("\nc".utf8)) else {
            Issue.record("It was read.")
            return
        }
        #expect(fault.line == 2)
        #expect(fault.kind == .notUTF8)
    }

    @Test func `what was written is read, however it is quoted, ended and cut`() {
        let pieces = ["a", "B7", ",", "\"", "\n", "\r", "\r\n", "é", "🙂", " ", "=", "\t"]
        for _ in 0..<2_000 {
            var text = Bool.random() ? "\u{FEFF}" : ""
            var expected: [CSVRecord] = []
            var line = 1
            for _ in 0..<Int.random(in: 0...6) {
                let cells = (0..<Int.random(in: 1...4)).map { _ in
                    (0..<Int.random(in: 0...4)).compactMap { _ in pieces.randomElement() }.joined()
                }
                expected.append(CSVRecord(line: line, cells: cells))
                let written = cells.map { cell in
                    let needsQuotes = cell.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) } || cells == [""]
                    return needsQuotes || Bool.random() ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
                }
                let record = written.joined(separator: ",") + ["\n", "\r\n", "\r"][Int.random(in: 0..<3)]
                line += Self.lineEnds(in: record)
                text += record
            }
            let bytes = Array(text.utf8)
            let cuts = (0..<Int.random(in: 0...8)).map { _ in Int.random(in: 0...bytes.count) }

            #expect(self.read(bytes, cutAt: cuts) == .success(expected))
        }
    }

    @Test func `anything at all is read the same, however it is cut`() {
        let alphabet: [UInt8] = Array("a,,\"\"\"\n\r\n".utf8) + [0xEF, 0xBB, 0xBF, 0xFF, 0x00, 0xC3, 0xA9]
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...24)).compactMap { _ in alphabet.randomElement() }
            let cuts = Array(0...bytes.count)

            #expect(self.read(bytes, cutAt: cuts) == self.read(bytes))
        }
    }

    private static func lineEnds(in text: String) -> Int {
        var count = 0
        var before: UInt8 = 0
        for byte in text.utf8 {
            if byte == 0x0D || byte == 0x0A && before != 0x0D { count += 1 }
            before = byte
        }
        return count
    }
}
