import SwiftProtobuf
import SwiftProtobufPluginLibrary

extension ContractReader {
    mutating func service(_ descriptor: ServiceDescriptor) -> Service {
        Service(
            name: descriptor.name,
            fullName: descriptor.fullName,
            doc: descriptor.doc,
            position: descriptor.position(),
            standard: descriptor.options.standard,
            methods: descriptor.methods.map { self.method($0) }
        )
    }

    private mutating func method(_ descriptor: MethodDescriptor) -> Method {
        let safety = Method.Safety(descriptor.options.idempotencyLevel)
        return Method(
            name: descriptor.name,
            fullName: descriptor.fullName,
            swiftName: swiftMemberName(descriptor.name),
            doc: descriptor.doc,
            position: descriptor.position(),
            policyPosition: descriptor.position(of: .policy),
            routePosition: descriptor.position(of: .http),
            request: self.knownMessage(descriptor.inputType),
            response: self.knownMessage(descriptor.outputType),
            kind: Method.Kind(descriptor),
            safety: safety,
            policy: Policy(descriptor.options.policy, defaultRate: safety == .query ? .read : .write),
            bindings: self.bindings(of: descriptor)
        )
    }
}

extension Method.Kind {
    fileprivate init(_ descriptor: MethodDescriptor) {
        switch (descriptor.clientStreaming, descriptor.serverStreaming) {
        case (false, false): self = .unary
        case (false, true): self = .serverStreaming
        case (true, false): self = .clientStreaming
        case (true, true): self = .bidirectional
        }
    }
}

extension Method.Safety {
    fileprivate init(_ level: Google_Protobuf_MethodOptions.IdempotencyLevel) {
        switch level {
        case .noSideEffects: self = .query
        case .idempotent: self = .idempotent
        case .idempotencyUnknown: self = .command
        }
    }
}

extension Policy {
    fileprivate init(_ policy: Policy, defaultRate: RateClass) {
        self = policy
        if policy.rate == .unspecified { self.rate = defaultRate }
    }
}
