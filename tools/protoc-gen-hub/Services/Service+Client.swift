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
        """
        \(self.doc.swift)
        package \(self.callSignature) {
            try await self.client.\(self.kind.rawValue)(\(service.name).\(self.swiftName), \(self.callArguments))
        }
        """
    }

    private var callSignature: String {
        switch self.kind {
        case .unary: self.callTaking(["_ request: \(self.request.swiftName)"], [], self.response.swiftName)
        case .serverStreaming: self.callTaking(["_ request: \(self.request.swiftName)"], [self.body], "Value")
        case .clientStreaming: self.callTaking([], [self.send], self.response.swiftName)
        case .bidirectional: self.callTaking([], [self.body], "Value")
        }
    }

    private var callArguments: String {
        switch self.kind {
        case .unary: "request, options"
        case .serverStreaming: "request, options, body"
        case .clientStreaming: "options, send"
        case .bidirectional: "options, body"
        }
    }

    /// Options stand between the request and what the caller does while the call runs.
    private func callTaking(_ request: [String], _ block: [String], _ result: String) -> String {
        let parameters = request + ["_ options: CallOptions = CallOptions()"] + block
        return """
            func \(self.swiftName)\(result == "Value" ? "<Value>" : "")(
            \(parameters.joined(separator: ",\n").indented())
            ) async throws -> \(result)
            """
    }

    private var send: String {
        "_ send: (RequestStream<\(self.request.swiftName)>) async throws -> Void"
    }

    private var body: String {
        let requests = self.streamsRequests ? ["RequestStream<\(self.request.swiftName)>"] : []
        let ends = requests + ["ResponseSequence<\(self.response.swiftName)>"]
        return "_ body: (\(ends.joined(separator: ", "))) async throws -> Value"
    }
}
