extension Contract {
    /// Routes that match the same paths equally well: none of them could ever be preferred.
    var ambiguousRoutes: [Problem] {
        var first: [RouteShape: Method] = [:]
        var problems: [Problem] = []
        for method in self.methods {
            for binding in method.bindings {
                guard let earlier = first.updateValue(method, forKey: RouteShape(binding)) else { continue }
                let route = "\(binding.verb.rawValue.uppercased()) \(binding.path.text)"
                problems.append(
                    Problem(
                        method.routePosition,
                        "\(method.name): \(route) matches the same paths as a route of \(earlier.fullName) "
                            + "at \(earlier.routePosition)"
                    )
                )
            }
        }
        return problems
    }
}

/// What of a route counts when a path is looked up. The names of variables do not; `/api/v1/…` is `/api/…`.
private struct RouteShape: Hashable {
    private let verb: HTTPBinding.Verb
    private let segments: [PathTemplate.Segment]
    private let pathVerb: String?

    init(_ binding: HTTPBinding) {
        self.verb = binding.verb
        self.pathVerb = binding.path.verb
        let segments = binding.path.segments
        let isVersioned = segments.starts(with: [.literal("api"), .literal("v1")])
        self.segments = isVersioned ? [.literal("api")] + segments.dropFirst(2) : segments
    }
}
