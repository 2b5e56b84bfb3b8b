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
        extension \(self.name)Service {
            /// This service with its methods, for a server.
            package var definition: ServiceDefinition {
                ServiceDefinition(
                    name: \(self.name).name,
                    methods: [
        \(self.methods.map { $0.handler(in: self) }.lines.indented(4))
                    ]
                )
            }
        }
        """
    }
}

extension Method {
    fileprivate var requirement: String {
        let parameters =
            self.isServerStreaming
            ? """
            (
                _ request: \(self.request.swiftName),
                _ responses: ResponseStream<\(self.response.swiftName)>,
                _ call: CallContext
            ) async throws
            """
            : "(_ request: \(self.request.swiftName), _ call: CallContext) async throws -> \(self.response.swiftName)"
        return """
            \(self.doc.swift)
            func \(self.swiftName)\(parameters)
            """
    }

    fileprivate func handler(in service: Service) -> String {
        self.isServerStreaming
            ? ".serverStreaming(\(service.name).\(self.swiftName)) { try await self.\(self.swiftName)($0, $1, $2) },"
            : ".unary(\(service.name).\(self.swiftName)) { try await self.\(self.swiftName)($0, $1) },"
    }
}
