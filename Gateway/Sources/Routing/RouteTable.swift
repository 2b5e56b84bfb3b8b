import HTTPTypes

/// Every route of the gateway, by HTTP method and path.
struct RouteTable: Sendable {
    /// A route and what the path says about the request's fields.
    struct Match {
        let route: any Route
        let fields: [NamedText]
    }

    enum Answer {
        case found(Match)
        case wrongMethod(allowed: [HTTPRequest.Method])
        case unknownPath
    }

    /// Two routes of one HTTP method that match the same paths equally well.
    struct Ambiguous: Error, CustomStringConvertible {
        let template: String
        var description: String { "another route matches the same paths as \(self.template)" }
    }

    private struct Leaf: Sendable {
        let route: any Route
        let template: PathTemplate
    }

    private var trees: [HTTPRequest.Method: PathTree<Leaf>] = [:]

    /// - Throws: ``PathTemplate/Malformed`` or ``Ambiguous``.
    init(_ routes: [any Route]) throws {
        for route in routes {
            for path in Self.paths(of: route.template) {
                let leaf = Leaf(route: route, template: try PathTemplate(path))
                guard self.trees[route.verb, default: PathTree()].insert(leaf, at: leaf.template) else {
                    throw Ambiguous(template: path)
                }
            }
        }
    }

    /// Each path below `/api` is also served below `/api/v1`, where it stays when an incompatible version comes.
    private static func paths(of template: String) -> [String] {
        template.hasPrefix("/api/") ? [template, "/api/v1/" + template.dropFirst("/api/".count)] : [template]
    }

    /// Looks up a path as it stands in the request line, without its query.
    func find(_ method: HTTPRequest.Method, _ path: some StringProtocol) throws -> Answer {
        let segments = Substring(path).dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        // HEAD is answered as GET; the answer's writer leaves the body out.
        if let match = try self.find(segments, in: method == .head ? .get : method) { return .found(match) }
        let allowed = try self.trees.keys.filter { try self.find(segments, in: $0) != nil }
        return allowed.isEmpty ? .unknownPath : .wrongMethod(allowed: allowed.sorted { $0.rawValue < $1.rawValue })
    }

    /// The text behind the last colon is a verb if a template says so, else a part of its segment.
    private func find(_ path: [Substring], in method: HTTPRequest.Method) throws -> Match? {
        if let last = path.last, let colon = last.lastIndex(of: ":") {
            let verb = try PercentEncoding.decode(last[colon...].dropFirst())
            let bare = Array(path.dropLast()) + [last[..<colon]]
            if !verb.isEmpty, let match = try self.find(bare, verb: verb, in: method) { return match }
        }
        return try self.find(path, verb: "", in: method)
    }

    private func find(_ path: [Substring], verb: String, in method: HTTPRequest.Method) throws -> Match? {
        let decoded = try path.map { try PercentEncoding.decode($0) }
        guard let leaf = self.trees[method]?.find(decoded[...], verb: verb) else { return nil }
        return Match(route: leaf.route, fields: try leaf.template.values(in: path))
    }
}
