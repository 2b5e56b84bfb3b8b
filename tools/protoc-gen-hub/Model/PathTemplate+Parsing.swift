extension PathTemplate {
    /// Why a text is not a path template.
    struct Malformed: Error {
        let reason: String
    }

    init(parsing text: String) throws(Malformed) {
        var parser = PathTemplateParser()
        try parser.parse(text)
        self.init(text: text, segments: parser.segments, variables: parser.variables, verb: parser.verb)
    }
}

/// Takes a path template apart, from left to right.
private struct PathTemplateParser {
    private(set) var segments: [PathTemplate.Segment] = []
    private(set) var variables: [PathTemplate.Variable] = []
    private(set) var verb: String?

    mutating func parse(_ text: String) throws(PathTemplate.Malformed) {
        guard text.first == "/" else { throw .init(reason: "it does not start with '/'") }
        var parts = try Self.split(text.dropFirst(), at: "/")
        let last = parts.removeLast()
        for part in parts { try self.parseSegment(part) }

        let pieces = try Self.split(last, at: ":")
        if pieces.count > 1, let verb = pieces.last {
            guard !verb.isEmpty else { throw .init(reason: "nothing follows the last ':'") }
            self.verb = String(verb)
            try self.parseSegment(last.dropLast(verb.count + 1))
        } else {
            try self.parseSegment(last)
        }
        guard !self.segments.dropLast().contains(.rest) else { throw .init(reason: "'**' is not at the end") }
    }

    private mutating func parseSegment(_ text: Substring) throws(PathTemplate.Malformed) {
        guard text.first == "{" else { return self.segments.append(try Self.plainSegment(text)) }
        guard text.last == "}" else { throw .init(reason: "something follows the variable in '\(text)'") }
        try self.parseVariable(text.dropFirst().dropLast())
    }

    private mutating func parseVariable(_ text: Substring) throws(PathTemplate.Malformed) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let fieldPath = sides[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard fieldPath.allSatisfy(Self.isIdentifier) else {
            throw .init(reason: "'\(sides[0])' does not name a field")
        }
        guard !self.variables.contains(where: { $0.fieldPath == fieldPath }) else {
            throw .init(reason: "variable '\(sides[0])' occurs twice")
        }
        let start = self.segments.count
        for part in try Self.split(sides.count == 2 ? sides[1] : "*", at: "/") {
            self.segments.append(try Self.plainSegment(part))
        }
        self.variables.append(.init(fieldPath: fieldPath, segments: start..<self.segments.count))
    }

    private static func plainSegment(_ text: Substring) throws(PathTemplate.Malformed) -> PathTemplate.Segment {
        switch text {
        case "*": return .one
        case "**": return .rest
        case "": throw .init(reason: "a segment is empty")
        default: break
        }
        if let character = text.first(where: { "{}*=?# ".contains($0) }) {
            throw .init(reason: "'\(character)' cannot stand in the segment '\(text)'")
        }
        return .literal(String(text))
    }

    /// Splits outside of braces.
    private static func split(
        _ text: Substring,
        at separator: Character
    ) throws(PathTemplate.Malformed) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var depth = 0
        for index in text.indices {
            switch text[index] {
            case "{": depth += 1
            case "}": depth -= 1
            case separator where depth == 0:
                parts.append(text[start..<index])
                start = text.index(after: index)
            default: break
            }
            guard depth == 0 || depth == 1 else { throw .init(reason: "braces do not match or nest") }
        }
        guard depth == 0 else { throw .init(reason: "a brace is not closed") }
        return parts + [text[start...]]
    }

    private static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter || first == "_" else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
