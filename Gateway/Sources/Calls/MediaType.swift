/// A form that answers, and bodies in one case, can take.
enum MediaType: String, Sendable {
    /// One message, or an array of messages.
    case json = "application/json"
    /// One message per line.
    case jsonLines = "application/x-ndjson"
    /// Server-sent events.
    case eventStream = "text/event-stream"
    /// Lines of cells (RFC 4180), in UTF-8.
    case csv = "text/csv"

    /// Whether a `Content-Type` names this type. None at all is taken as JSON, which is all that bodies can be.
    func isNamed(by contentType: String?) -> Bool {
        guard let contentType else { return self == .json }
        let essence = contentType.prefix { $0 != ";" }.trimming { $0 == " " || $0 == "\t" }
        return essence.lowercased() == self.rawValue
    }
}

extension StringProtocol {
    /// Without the characters at both ends that `isBlank` tells.
    func trimming(_ isBlank: (Character) -> Bool) -> SubSequence {
        guard let first = self.firstIndex(where: { !isBlank($0) }), let last = self.lastIndex(where: { !isBlank($0) })
        else { return self[self.endIndex...] }
        return self[first...last]
    }
}
