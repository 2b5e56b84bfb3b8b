extension Operation {
    /// The placeholders of the path, then the fields that the query may set.
    var parameters: JSON {
        let inPath = self.placeholders.map { self.parameter($0.name, in: "path", $0.field) }
        let inQuery = self.queryFields.map { self.parameter($0.jsonName, in: "query", $0.path.last) }
        return inPath.isEmpty && inQuery.isEmpty ? [:] : ["parameters": .array(inPath + inQuery)]
    }

    private func parameter(_ name: String, in place: String, _ field: Field?) -> JSON {
        let schema = Schema(contract: self.contract)
        let head: JSON = ["name": .string(name), "in": .string(place)]
        return (place == "path" ? head.adding(["required": true]) : head)
            .adding("description", field.map(schema.text) ?? "")
            .adding(["schema": field.map(schema.type) ?? ["type": "string"]])
    }

    var requestBody: JSON {
        guard let schema = self.bodySchema else { return [:] }
        return ["requestBody": ["required": true, "content": ["application/json": ["schema": schema]]]]
    }

    /// A message of which the path holds a part has no name of its own there.
    private var bodySchema: JSON? {
        let schema = Schema(contract: self.contract)
        let variables = Set(self.binding.path.variables.map(\.name))
        switch self.binding.body {
        case .none: return nil
        case .field(let name): return self.method.request.field(named: name).map(schema.type)
        case .whole where variables.isEmpty: return schema.reference(to: self.method.request)
        case .whole: return schema.object(self.method.request, isRequest: true, without: variables)
        }
    }
}
