/// Writes the gateway's routes: which HTTP request is which call, and how path and query fill the request message.
struct RouteEmitter: Emitter {
    func files(for contract: Contract) -> [GeneratedFile] {
        let routes = contract.services.flatMap { service in
            service.methods.flatMap { method in
                method.bindings.map { route($0, of: method, in: service, contract) }
            }
        }
        let list = """
            /// The routes of the contract, in the order of its files.
            let generatedRoutes: [any Route] = [
            \(routes.lines.indented())
            ]
            """
        return [
            GeneratedFile(
                path: "Gateway/Sources/Generated/Routes.swift",
                text: SwiftSource.file(
                    from: "all files of the contract",
                    imports: ["import Contract", "import HTTPTypes", "import RPC"],
                    [list] + nameTables(for: contract)
                )
            )
        ]
    }

    private func route(
        _ binding: HTTPBinding,
        of method: Method,
        in service: Service,
        _ contract: Contract
    ) -> String {
        let type = method.streamsResponses ? method.response.csv == nil ? "StreamRoute" : "TextRoute" : "UnaryRoute"
        let path = SwiftSource.literal(binding.path.text)
        let text = method.response.csv.map { field in ", as: .csv, text: { $0.\(field.swiftName) }" } ?? ""
        let head = """
            \(type)(\(service.name).\(method.swiftName), .\(binding.verb.rawValue), \(path), body: \(binding.body.swift)\(text))
            """
        let fields = contract.boundFields(of: binding, method)
        guard !fields.isEmpty else { return "\(head) { _, _, _ in false }," }
        return """
            \(head) { request, name, value in
                switch name {
            \(fields.map(\.setter).lines.indented())
                default: return false
                }
                return true
            },
            """
    }
}

extension HTTPBinding.Body {
    fileprivate var swift: String {
        switch self {
        case .none: ".none"
        case .whole: ".whole"
        case .field(let name): ".field(\(SwiftSource.literal(name)))"
        }
    }
}
