package import SwiftProtobuf

/// What is known of a method without its message types. An object, because each call has one.
package final class MethodDescriptor: Sendable {
    /// How many messages go each way.
    package enum Kind: Sendable {
        /// One request, one response.
        case unary
        /// One request, any number of responses.
        case serverStreaming
        /// Any number of requests, one response.
        case clientStreaming
        /// Any number of messages each way, in any order.
        case bidirectional

        /// Whether the client sends more than one message.
        package var streamsRequests: Bool { self == .clientStreaming || self == .bidirectional }

        /// Whether the server sends more than one message.
        package var streamsResponses: Bool { self == .serverStreaming || self == .bidirectional }
    }

    /// What repeating a call does, from `idempotency_level`.
    package enum Safety: Sendable {
        /// Changes nothing.
        case query
        /// Changes something, and repeating it changes no more.
        case idempotent
        /// Changes something each time.
        case command
    }

    /// The service's full name, such as `hub.credits.v1.CreditCommands`.
    package let service: String

    /// The method's name within its service.
    package let name: String

    /// How many messages go each way.
    package let kind: Kind

    /// What repeating a call does.
    package let safety: Safety

    /// Makes the description of one method.
    package init(service: String, name: String, kind: Kind, safety: Safety) {
        self.service = service
        self.name = name
        self.kind = kind
        self.safety = safety
    }

    /// `service/name`, as logs and clients show it.
    package var path: String { "\(self.service)/\(self.name)" }
}

extension MethodDescriptor: Hashable {
    package static func == (left: MethodDescriptor, right: MethodDescriptor) -> Bool {
        left === right
            || (left.service == right.service && left.name == right.name && left.kind == right.kind
                && left.safety == right.safety)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.service)
        hasher.combine(self.name)
    }
}

/// A method with the types of its messages, as client and server agree on it.
package struct Method<Request: Message & Sendable, Response: Message & Sendable>: Sendable {
    /// The part that needs no message type.
    package let descriptor: MethodDescriptor

    /// Value of the request field that names whom the call is about.
    package let subject: (@Sendable (Request) -> String)?

    /// Describes a method of a service.
    package init(
        service: String,
        name: String,
        kind: MethodDescriptor.Kind,
        safety: MethodDescriptor.Safety,
        subject: (@Sendable (Request) -> String)? = nil
    ) {
        self.descriptor = MethodDescriptor(service: service, name: name, kind: kind, safety: safety)
        self.subject = subject
    }
}
