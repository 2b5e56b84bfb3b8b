import FoundationEssentials

/// Names a request, so that its repetition is known as one and the server's log can be searched for it.
enum RequestID {
    /// One that nobody has used.
    static func fresh() -> String {
        UUID().uuidString.lowercased()
    }
}
