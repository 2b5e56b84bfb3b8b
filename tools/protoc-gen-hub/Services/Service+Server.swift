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

    fileprivate var handler: String {
        self.isServerStreaming
            ? ".serverStreaming(\(self.swiftName)) { try await service.\(self.swiftName)($0, $1, $2) },"
            : ".unary(\(self.swiftName)) { try await service.\(self.swiftName)($0, $1) },"
    }
}
