/// The path of a `google.api.http` rule, such as `/api/credits/holds/{hold_id}/settle`.
struct PathTemplate: Equatable, Sendable {
    enum Segment: Hashable, Sendable {
        case literal(String)
        /// `*`: exactly one segment, not empty.
        case one
        /// `**`: all that follow, possibly none. Only at the end.
        case rest
    }

    /// A field of the request and the segments that hold its value.
    struct Variable: Equatable, Sendable {
        let field: String
        let segments: Range<Int>
    }

    let segments: [Segment]
    let variables: [Variable]
    /// The text behind the colon at the end.
    let verb: String?

    /// - Throws: ``Malformed`` when the text breaks a rule of the template grammar.
    init(_ text: String) throws(Malformed) {
        guard text.hasPrefix("/") else { throw Malformed(template: text) }
        var parts = Self.split(text.dropFirst(), at: "/")
        var verb: String?
        if let last = parts.popLast() {
            let pieces = Self.split(last, at: ":")
            verb = pieces.count > 1 ? pieces[1...].joined(separator: ":") : nil
            parts.append(pieces[0])
        }

        var segments: [Segment] = []
        var variables: [Variable] = []
        for part in parts {
            guard part.hasPrefix("{"), part.hasSuffix("}") else {
                segments.append(try Self.segment(part, of: text))
                continue
            }
            let halves = part.dropFirst().dropLast().split(separator: "=", maxSplits: 1)
            guard let field = halves.first else { throw Malformed(template: text) }
            let start = segments.count
            for piece in halves.count == 2 ? halves[1].split(separator: "/") : ["*"] {
                segments.append(try Self.segment(piece, of: text))
            }
            variables.append(Variable(field: String(field), segments: start..<segments.count))
        }

        let fields = Set(variables.map(\.field))
        guard !segments.dropLast().contains(.rest), fields.count == variables.count, verb != "" else {
            throw Malformed(template: text)
        }
        self.segments = segments
        self.variables = variables
        self.verb = verb
    }

    /// The values of the variables in a path that matches, decoded.
    func values(in path: [Substring]) throws(PercentEncoding.Malformed) -> [NamedText] {
        var values: [NamedText] = []
        for variable in self.variables {
            let isOneSegment = self.segments[variable.segments] == [.one]
            let reachesEnd = self.segments[variable.segments].last == .rest
            let part = path[variable.segments.lowerBound..<(reachesEnd ? path.count : variable.segments.upperBound)]
            let text = try PercentEncoding.decode(part.joined(separator: "/"), keepingSlashes: !isOneSegment)
            values.append(NamedText(name: variable.field, text: text))
        }
        return values
    }

    /// Splits outside of braces.
    private static func split(_ text: Substring, at separator: Character) -> [Substring] {
        var isInBraces = false
        return text.split(omittingEmptySubsequences: false) { character in
            if character == "{" || character == "}" { isInBraces = character == "{" }
            return !isInBraces && character == separator
        }
    }

    private static func segment(_ text: Substring, of template: String) throws(Malformed) -> Segment {
        switch text {
        case "*": return .one
        case "**": return .rest
        case let literal where literal.isEmpty || literal.contains { "{}*=".contains($0) }:
            throw Malformed(template: template)
        default: return .literal(String(text))
        }
    }
}

extension PathTemplate {
    /// A path of a route that breaks the grammar. The generator refuses such a route, so this stops a wrong start.
    struct Malformed: Error, Equatable, CustomStringConvertible {
        let template: String
        var description: String { "the path template \(self.template) is malformed" }
    }
}
