extension Contract {
    /// Path and body of each route name fields of the request, which is one message.
    var routeProblems: [Problem] {
        self.methods.flatMap { method in
            self.routeComplaints(method).map { Problem(method.routePosition, "\(method.name): \($0)") }
        }
    }

    private func routeComplaints(_ method: Method) -> [String] {
        if method.streamsRequests, !method.bindings.isEmpty {
            return ["a method that takes a stream cannot have an HTTP rule"]
        }
        return Self.answerComplaints(method)
            + method.bindings.flatMap { self.pathComplaints($0, method) + Self.bodyComplaints($0, method) }
    }

    private static func answerComplaints(_ method: Method) -> [String] {
        guard let csv = method.response.csv else { return [] }
        let isText = csv.kind == .string && !csv.isRepeated && method.response.fields.count == 1
        guard isText, method.streamsResponses else {
            return ["csv field '\(csv.name)' is not the only field of a streamed response, a string"]
        }
        return []
    }

    private func pathComplaints(_ binding: HTTPBinding, _ method: Method) -> [String] {
        binding.path.variables.compactMap { variable in
            guard let field = self.fields(along: variable.fieldPath, from: method.request)?.last else {
                return "path variable '\(variable.name)' is not a field of \(method.request.name)"
            }
            guard !field.isPrimitive || field.isRepeated else { return nil }
            return "path variable '\(variable.name)' is not a single plain value"
        }
    }

    private static func bodyComplaints(_ binding: HTTPBinding, _ method: Method) -> [String] {
        if binding.verb == .get, binding.body != .none { return ["a GET has no body"] }
        guard case .field(let name) = binding.body, method.request.field(named: name) == nil else { return [] }
        return ["body field '\(name)' is not a field of \(method.request.name)"]
    }
}
