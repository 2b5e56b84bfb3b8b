extension Operation {
    /// The variables of the path, then the fields that the query may set.
    var parameters: JSON {
        let variables = Set(self.binding.path.variables.map(\.name))
        let fields = self.contract.boundFields(of: self.binding, self.method)
        let inPath = fields.filter { variables.contains($0.name) }
        let inQuery = fields.filter { !variables.contains($0.name) }
        guard !fields.isEmpty else { return [:] }
        return [
            "parameters": .array(
                inPath.map { self.parameter($0, in: "path") } + inQuery.map { self.parameter($0, in: "query") }
            )
        ]
    }

    private func parameter(_ field: BoundField, in place: String) -> JSON {
        let head: JSON = ["name": .string(field.jsonName), "in": .string(place)]
        guard let leaf = field.path.last else { return head }
        let schema = Schema(contract: self.contract)
        return (place == "path" ? head.adding(["required": true]) : head)
            .adding("description", schema.text(of: leaf))
            .adding(["schema": schema.type(of: leaf)])
    }

    var requestBody: JSON {
        guard let schema = self.bodySchema else { return [:] }
        return ["requestBody": ["required": true, "content": ["application/json": ["schema": schema]]]]
    }

    private var bodySchema: JSON? {
        let schema = Schema(contract: self.contract)
        switch self.binding.body {
        case .none: return nil
        case .field(let name): return self.method.request.field(named: name).map(schema.type)
        case .whole:
            let variables = self.binding.path.variables.map(\.name)
            return variables.isEmpty
                ? schema.reference(to: self.method.request)
                : schema.object(self.method.request, isRequest: true, without: Set(variables))
        }
    }
}

extension BoundField {
    /// Such as `hold_id`.
    fileprivate var name: String { self.path.map(\.name).joined(separator: ".") }

    /// Such as `holdId`.
    var jsonName: String { self.path.map(\.jsonName).joined(separator: ".") }
}
