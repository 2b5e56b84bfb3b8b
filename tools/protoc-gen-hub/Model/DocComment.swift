/// What a proto file says about a declaration, without comment marks.
struct DocComment: Equatable {
    /// As written, an empty line between paragraphs.
    let lines: [String]

    /// - Parameter text: what protoc hands on: each line still has the space that followed the comment mark.
    init(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(Self.withoutMargin)
        while lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = Array(lines.drop(while: \.isEmpty))
    }

    var isEmpty: Bool { self.lines.isEmpty }

    /// The paragraphs, each on one line.
    var paragraphs: [String] {
        self.lines.split(whereSeparator: \.isEmpty).map { $0.joined(separator: " ") }
    }

    /// What it says before it comes to the errors.
    var explanation: String {
        self.paragraphs.filter { !$0.hasPrefix(Self.errorsMark) }.joined(separator: "\n\n")
    }

    /// The paragraph that starts with `Errors:`, without that word; empty if there is none.
    var errors: String {
        let paragraph = self.paragraphs.first { $0.hasPrefix(Self.errorsMark) }
        return String(paragraph?.dropFirst(Self.errorsMark.count).drop { $0 == " " } ?? "")
    }

    /// The first sentence.
    var summary: String { self.paragraphs.first.map(Self.sentences)?.first ?? "" }

    /// The sentences of a paragraph. A period ends one if a space and something other than a lower-case letter follow.
    static func sentences(of paragraph: String) -> [String] {
        var sentences: [String] = []
        var words: [Substring] = []
        let all = paragraph.split(separator: " ")
        for (index, word) in all.enumerated() {
            words.append(word)
            let next = all.dropFirst(index + 1).first?.first
            guard next == nil || (word.hasSuffix(".") && next?.isLowercase == false) else { continue }
            sentences.append(words.joined(separator: " "))
            words = []
        }
        return sentences
    }

    private static let errorsMark = "Errors:"

    private static func withoutMargin(_ line: Substring) -> String {
        var line = line.hasPrefix(" ") ? line.dropFirst() : line
        while line.last?.isWhitespace == true { line.removeLast() }
        return String(line)
    }
}
