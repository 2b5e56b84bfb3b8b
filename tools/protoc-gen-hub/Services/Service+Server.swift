extension Service {
    /// What a context implements to serve it.
    var serverProtocol: String {
        """
        \(self.doc.swift)
        package protocol \(self.name)Service: Sendable {
        \(self.methods.map(\.requirement).paragraphs.indented())
        }
        """
    }

    /// What the RPC server takes.
    var serverDefinition: String {
        """
        extension \(self.name) {
            /// The service as a server takes it, with `service` behind its methods.
            package static func definition(of service: some \(self.name)Service) -> ServiceDefinition {
                ServiceDefinition(
                    name: name,
                    methods: [
        \(self.methods.map(\.handler).lines.indented(4))
                    ]
                )
            }
        }
        """
    }
}

extension Method {
    fileprivate var requirement: String {
        let requests =
            self.streamsRequests
            ? "_ requests: RequestSequence<\(self.request.swiftName)>" : "_ request: \(self.request.swiftName)"
        let responses = self.streamsResponses ? ["_ responses: ResponseStream<\(self.response.swiftName)>"] : []
        let parameters = [requests] + responses + ["_ call: CallContext"]
        let list =
            self.streamsResponses
            ? "\n\(parameters.joined(separator: ",\n").indented())\n" : parameters.joined(separator: ", ")
        let result = self.streamsResponses ? "" : " -> \(self.response.swiftName)"
        return """
            \(self.doc.swift)
            func \(self.swiftName)(\(list)) async throws\(result)
            """
    }

    fileprivate var handler: String {
        let arguments = self.streamsResponses ? "$0, $1, $2" : "$0, $1"
        return ".\(self.kind.rawValue)(\(self.swiftName)) { try await service.\(self.swiftName)(\(arguments)) },"
    }
}
