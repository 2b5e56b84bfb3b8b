/// A field of a request as a path or a query carries it.
struct NamedText: Equatable {
    let name: String
    let text: String
}

extension NamedText {
    /// The parameters of a query, decoded, in their order. A repeated name stays repeated.
    static func query(_ query: some StringProtocol) throws(PercentEncoding.Malformed) -> [NamedText] {
        var parameters: [NamedText] = []
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try PercentEncoding.decodeQuery(parts[0])
            let text = try parts.count == 2 ? PercentEncoding.decodeQuery(parts[1]) : ""
            parameters.append(NamedText(name: name, text: text))
        }
        return parameters
    }
}
