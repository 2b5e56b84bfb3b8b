extension Operation {
    /// A segment of the path that the caller fills in.
    struct Placeholder {
        /// Such as `holdId`; numbered from 2 where a field takes several segments.
        let name: String
        /// The field that it belongs to; nil for a wildcard outside of all variables.
        let field: Field?
    }

    /// The path with its placeholders. OpenAPI has no patterns: the literals of a variable stand beside its placeholders.
    var path: String {
        let segments = self.binding.path.segments.indices.map { index in
            switch self.binding.path.segments[index] {
            case .literal(let text): text
            case .one, .rest: "{\(self.placeholder(at: index).name)}"
            }
        }
        return "/" + segments.joined(separator: "/") + (self.binding.path.verb.map { ":\($0)" } ?? "")
    }

    /// The fields that the query may set.
    var queryFields: [BoundField] {
        let variables = Set(self.binding.path.variables.map(\.name))
        return self.contract.boundFields(of: self.binding, self.method).filter { !variables.contains($0.name) }
    }

    /// From left to right.
    var placeholders: [Placeholder] {
        self.binding.path.wildcards.map(self.placeholder)
    }

    private func placeholder(at index: Int) -> Placeholder {
        let path = self.binding.path
        guard let variable = path.variables.first(where: { $0.segments.contains(index) }) else {
            return Placeholder(name: "segment\(index + 1)", field: nil)
        }
        let fields = self.contract.fields(along: variable.fieldPath, from: self.method.request) ?? []
        let earlier = path.wildcards.filter { variable.segments.contains($0) && $0 < index }.count
        let name = fields.map(\.jsonName).joined(separator: ".")
        return Placeholder(name: earlier == 0 ? name : "\(name)\(earlier + 1)", field: fields.last)
    }
}

extension PathTemplate {
    /// Where its wildcards are, those of variables included.
    fileprivate var wildcards: [Int] {
        self.segments.indices.filter { self.segments[$0] == .one || self.segments[$0] == .rest }
    }
}
