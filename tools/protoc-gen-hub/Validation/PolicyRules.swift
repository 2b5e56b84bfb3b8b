extension Contract {
    /// Nothing is open by omission.
    var policyProblems: [Problem] {
        self.methods.flatMap(Self.problems)
    }

    private static func problems(of method: Method) -> [Problem] {
        switch method.policy.access {
        case .public: []
        case .permission(let permission): Self.problems(of: permission, method)
        case nil: [Problem(method.policyPosition, "method \(method.name) has no policy: public, or a permission")]
        }
    }

    private static func problems(of permission: Permission, _ method: Method) -> [Problem] {
        var complaints: [String] = []
        if permission.resource.isEmpty || permission.action.isEmpty {
            complaints.append("the permission names no resource or no action")
        }
        switch permission.scope {
        case .any, .team, .self_: break
        case .unspecified, .UNRECOGNIZED: complaints.append("the permission has no scope")
        }
        if !permission.subjectField.isEmpty, method.streamsRequests {
            complaints.append(
                "a method that takes a stream cannot have a subject_field: it is admitted before its first message comes"
            )
        } else if !permission.subjectField.isEmpty, !method.subjectIsText {
            complaints.append(
                "subject_field '\(permission.subjectField)' is not a string field of \(method.request.name)"
            )
        }
        return complaints.map { Problem(method.policyPosition, "\(method.name): \($0)") }
    }
}

extension Method {
    fileprivate var subjectIsText: Bool {
        guard let subject = self.subject else { return false }
        return subject.kind == .string && !subject.isRepeated
    }
}
