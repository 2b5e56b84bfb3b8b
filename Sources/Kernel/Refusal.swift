package import RPC
package import SwiftProtobuf

extension Status {
    /// Defines the reasons below, in `ErrorInfo.domain`.
    package static let hubDomain = "smart-ai-hub"

    /// An error of the hub with a stable reason that clients can rely on.
    package static func hub(
        _ code: Code,
        _ reason: String,
        _ message: String,
        metadata: [String: String] = [:],
        details: [any Message] = []
    ) -> Status {
        Status(code, message, reason: reason, domain: hubDomain, metadata: metadata, details: details)
    }

    /// A field that is wrong whatever the state, with a `BadRequest` detail that names it. The description completes a
    /// sentence that starts with the field's name, such as `is not a UUID`.
    package static func invalid(
        field: String,
        _ description: String,
        reason: String = "INVALID_FIELD"
    ) -> Status {
        let violation = Google_Rpc_BadRequest.FieldViolation.with {
            $0.field = field
            $0.description_p = description
            $0.reason = reason
        }
        return .hub(
            .invalidArgument,
            "INVALID_REQUEST",
            "\(field) \(description)",
            details: [Google_Rpc_BadRequest.with { $0.fieldViolations = [violation] }]
        )
    }

    /// The same `request_id` with another request.
    package static var requestIDReused: Status {
        .invalid(
            field: "request_id",
            "was used before for another request; choose a fresh one for a new command",
            reason: "REQUEST_ID_REUSED"
        )
    }

    /// A thing that does not exist, or that the caller may not know of.
    package static func notFound(_ type: String, _ name: String) -> Status {
        let resource = Google_Rpc_ResourceInfo.with {
            $0.resourceType = type
            $0.resourceName = name
        }
        return .hub(.notFound, "NOT_FOUND", "There is no \(type) \(name).", details: [resource])
    }
}
