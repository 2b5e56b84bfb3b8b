extension Contract {
    /// Queries may be repeated by anybody; commands carry the key that makes a repeat harmless.
    var safetyProblems: [Problem] {
        self.services.flatMap { service in
            service.methods.flatMap { method in
                Self.complaints(method, of: service.kind).map { Problem(method.position, $0) }
            }
        }
    }

    private static func complaints(_ method: Method, of kind: Service.Kind?) -> [String] {
        switch kind {
        case .queries where method.safety != .query:
            return ["query \(method.name) needs 'option idempotency_level = NO_SIDE_EFFECTS'"]
        case .commands where method.safety == .query:
            return ["command \(method.name) must not be NO_SIDE_EFFECTS"]
        case .commands:
            return Self.requestIDComplaints(method)
        case .queries, nil:
            return []
        }
    }

    private static func requestIDComplaints(_ method: Method) -> [String] {
        switch (method.requestID, method.policy.withoutRequestID) {
        case (nil, ""):
            [
                "command \(method.name) has no string field 'request_id' in \(method.request.name), "
                    + "and its policy does not say why (without_request_id)"
            ]
        case (_?, let reason) where !reason.isEmpty:
            ["command \(method.name) has a 'request_id', but its policy says why it has none"]
        default: []
        }
    }
}
