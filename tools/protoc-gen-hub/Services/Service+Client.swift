extension Service {
    /// What callers use.
    var client: String {
        """
        /// Calls `\(self.fullName)`.
        package struct \(self.name)Client: Sendable {
            private let client: Client

            /// Calls over `client`, which may serve other services too.
            package init(_ client: Client) {
                self.client = client
            }

        \(self.methods.map { $0.call(in: self) }.paragraphs.indented())
        }
        """
    }
}

extension Method {
    fileprivate func call(in service: Service) -> String {
        let signature =
            self.isServerStreaming
            ? """
            func \(self.swiftName)<Value>(
                _ request: \(self.request.swiftName),
                _ options: CallOptions = CallOptions(),
                _ body: (ResponseSequence<\(self.response.swiftName)>) async throws -> Value
            ) async throws -> Value
            """
            : """
            func \(self.swiftName)(
                _ request: \(self.request.swiftName),
                _ options: CallOptions = CallOptions()
            ) async throws -> \(self.response.swiftName)
            """
        let forward =
            self.isServerStreaming
            ? "serverStreaming(\(service.name).\(self.swiftName), request, options, body)"
            : "unary(\(service.name).\(self.swiftName), request, options)"
        return """
            \(self.doc.swift)
            package \(signature) {
                try await self.client.\(forward)
            }
            """
    }
}
