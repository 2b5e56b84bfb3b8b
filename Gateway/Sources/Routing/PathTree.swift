/// Finds what belongs to a path. A literal beats `*`, and `*` beats `**`, segment by segment from the left.
struct PathTree<Leaf: Sendable>: Sendable {
    private var children: [PathTemplate.Segment: PathTree] = [:]
    /// By verb; no verb is the empty one.
    private var leaves: [String: Leaf] = [:]

    /// - Returns: whether the place was free. It is not when another template matches the same paths equally well.
    mutating func insert(_ leaf: Leaf, at template: PathTemplate) -> Bool {
        self.insert(leaf, at: template.segments[...], verb: template.verb ?? "")
    }

    private mutating func insert(_ leaf: Leaf, at segments: ArraySlice<PathTemplate.Segment>, verb: String) -> Bool {
        guard let first = segments.first else { return self.leaves.updateValue(leaf, forKey: verb) == nil }
        return self.children[first, default: PathTree()].insert(leaf, at: segments.dropFirst(), verb: verb)
    }

    /// Looks up a path, given as its decoded segments.
    func find(_ path: ArraySlice<String>, verb: String) -> Leaf? {
        guard let first = path.first else { return self.leaves[verb] ?? self.children[.rest]?.leaves[verb] }
        if let leaf = self.children[.literal(first)]?.find(path.dropFirst(), verb: verb) { return leaf }
        if !first.isEmpty, let leaf = self.children[.one]?.find(path.dropFirst(), verb: verb) { return leaf }
        return self.children[.rest]?.leaves[verb]
    }
}
