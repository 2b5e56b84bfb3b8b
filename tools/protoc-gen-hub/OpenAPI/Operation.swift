/// One way to call one method, as an OpenAPI operation.
struct Operation {
    let contract: Contract
    let service: Service
    let method: Method
    let binding: HTTPBinding
    private let index: Int

    /// Describes one binding of a method.
    init(contract: Contract, service: Service, method: Method, index: Int) {
        self.contract = contract
        self.service = service
        self.method = method
        self.binding = method.bindings[index]
        self.index = index
    }

    var json: JSON {
        let head: JSON = ["operationId": .string(self.identifier), "tags": [.string(self.service.name)]]
        return head.adding(self.texts)
            .adding(["x-openai-isConsequential": .bool(self.method.safety != .query)])
            .adding(self.security)
            .adding(self.parameters)
            .adding(self.requestBody)
            .adding(["responses": self.responses])
    }

    private var texts: JSON {
        let summary = self.method.doc.summary.shortened(to: OpenAPIDocument.operationTextLimit)
        let description = self.method.doc.explanation.shortened(to: OpenAPIDocument.operationTextLimit)
        let texts: JSON = ["summary": .string(summary)]
        return texts.adding("description", description == summary ? "" : description)
    }

    /// Unique, since names of services are. The further bindings of a method are numbered from 2.
    private var identifier: String {
        let name = "\(self.service.name)_\(self.method.name)"
        return self.index == 0 ? name : "\(name)_\(self.index + 1)"
    }

    private var security: JSON {
        switch self.method.policy.access {
        case .permission(let permission):
            ["x-permission": "\(permission.resource):\(permission.action):\(permission.scope.word)"]
        case .public, nil: ["security": []]
        }
    }

    private var responses: JSON {
        let errors = self.method.doc.errors
        guard !errors.isEmpty else { return ["200": self.answer, "default": ["$ref": "#/components/responses/Error"]] }
        return ["200": self.answer, "default": OpenAPIDocument.errorAnswer(errors)]
    }
}

extension Scope {
    fileprivate var word: String {
        switch self {
        case .any: "any"
        case .team: "team"
        case .self_: "self"
        case .unspecified, .UNRECOGNIZED: "none"
        }
    }
}
