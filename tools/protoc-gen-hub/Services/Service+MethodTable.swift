extension Service {
    /// Names, kinds and policies of its methods, for both sides.
    var methodTable: String {
        """
        /// The methods of `\(self.fullName)`.
        package enum \(self.name) {
            /// The service's full name.
            package static let name = \(SwiftSource.literal(self.fullName))

        \(self.methods.map(\.tableEntry).paragraphs.indented())

            /// Who may call each method and under which limits.
            package static let policies: [(method: MethodDescriptor, policy: Policy)] = [
        \(self.methods.map(\.policyEntry).lines.indented(2))
            ]
        }
        """
    }
}

extension Method {
    fileprivate var tableEntry: String {
        let subject = self.subject.map { ",\n    subject: { $0.\($0.swiftName) }" } ?? ""
        return """
            \(self.doc.swift)
            package static let \(self.swiftName) = Method<\(self.request.swiftName), \(self.response.swiftName)>(
                service: name,
                name: \(SwiftSource.literal(self.name)),
                kind: .\(self.kind.rawValue),
                safety: .\(self.safety)\(subject)
            )
            """
    }

    fileprivate var policyEntry: String {
        """
        (
            \(self.swiftName).descriptor,
            Policy.with {
        \(self.policy.assignments.lines.indented(2))
            }
        ),
        """
    }
}

extension Policy {
    /// The statements that make an empty policy, `$0`, equal to this one.
    fileprivate var assignments: [String] {
        var lines: [String] = []
        switch self.access {
        case .public: lines.append("$0.public = Public()")
        case .permission(let permission): lines += permission.assignments
        case nil: break
        }
        lines.append("$0.rate = .\(self.rate)")
        if self.audit { lines.append("$0.audit = true") }
        if !self.withoutRequestID.isEmpty {
            lines.append("$0.withoutRequestID = \(SwiftSource.literal(self.withoutRequestID))")
        }
        return lines
    }
}

extension Permission {
    fileprivate var assignments: [String] {
        var lines = [
            "$0.permission.resource = \(SwiftSource.literal(self.resource))",
            "$0.permission.action = \(SwiftSource.literal(self.action))",
            "$0.permission.scope = .\(self.scope)",
        ]
        if !self.subjectField.isEmpty {
            lines.append("$0.permission.subjectField = \(SwiftSource.literal(self.subjectField))")
        }
        return lines
    }
}
