/// The HTTP face as OpenAPI 3.1.0, within the limits of the platforms that read it: texts of operations have at most 300
/// characters, those of parameters at most 700, and every `operationId` occurs once.
struct OpenAPIDocument {
    /// Longest text of an operation or an answer, in characters.
    static let operationTextLimit = 300
    /// Longest text of a parameter or a field, in characters.
    static let fieldTextLimit = 700

    let contract: Contract

    var json: JSON {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Smart AI Hub",
                "version": "1",
                "description": """
                One account, one prepaid balance, many AI models. Every path below /api is also served below /api/v1. \
                JSON is the proto3 mapping: 64-bit integers are strings, credits are decimal strings with at most six \
                fraction digits, fields with default values are left out of answers.
                """,
            ],
            "servers": [["url": "/"]],
            "security": [["bearer": []]],
            "tags": .array(self.contract.services.filter(\.hasRoutes).map(Self.tag)),
            "paths": self.paths,
            "components": [
                "schemas": self.schemas,
                "responses": ["Error": Self.errorAnswer],
                "securitySchemes": [
                    "bearer": [
                        "type": "http",
                        "scheme": "bearer",
                        "bearerFormat": "JWT",
                        "description": "The access_token of a sign-in.",
                    ]
                ],
            ],
        ]
    }

    private static func tag(_ service: Service) -> JSON {
        ["name": .string(service.name), "description": .string(service.doc.explanation)]
    }

    /// In the order of the contract.
    var operations: [Operation] {
        self.contract.services.flatMap { service in
            service.methods.flatMap { method in
                method.bindings.indices.map { index in
                    Operation(contract: self.contract, service: service, method: method, index: index)
                }
            }
        }
    }

    /// The paths, each with its operations.
    private var paths: JSON {
        var order: [String] = []
        var items: [String: JSON] = [:]
        for operation in self.operations {
            let path = operation.path
            if items[path] == nil { order.append(path) }
            items[path] = (items[path] ?? [:]).adding([operation.binding.verb.rawValue: operation.json])
        }
        return .object(order.map { ($0, items[$0] ?? [:]) })
    }
}

extension Service {
    /// Whether HTTP can call any of its methods.
    fileprivate var hasRoutes: Bool { self.methods.contains { !$0.bindings.isEmpty } }
}
