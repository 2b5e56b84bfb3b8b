/// The last request of a connection. The next is mostly of the same method and from the same caller, and what was found out
/// once need not be read, checked and looked up again.
struct RequestMemory {
    /// Longer metadata is not remembered, as each idle connection keeps it.
    private static let mostMetadata = 2 * 1024

    private var last: RequestHead?

    /// Parses a request as far as it is unlike the last.
    func parse(_ bytes: Span<UInt8>) throws(MalformedEnvelope) -> RequestEnvelope {
        guard let last = self.last else { return try RequestEnvelope(parsing: bytes) }
        return try last.parse(bytes)
    }

    /// The head of a request that `parse` has read; nil if there is no such method.
    mutating func head(
        of envelope: RequestEnvelope,
        in bytes: Span<UInt8>,
        on connection: ServerConnection,
        among methods: MethodTable<ServedMethod>
    ) -> RequestHead? {
        if let last = self.last, envelope.hasKnownNames, envelope.hasKnownMetadata { return last }
        guard let (names, method) = self.method(of: envelope, in: bytes, among: methods) else { return nil }
        let (metadata, credential) = self.metadata(of: envelope, in: bytes)
        let head = RequestHead(
            names: names,
            method: method,
            metadata: metadata,
            credential: credential,
            connection: connection
        )
        if metadata.encoded.count <= Self.mostMetadata { self.last = head }
        return head
    }

    /// No further request comes.
    mutating func forget() {
        self.last = nil
    }

    private func method(
        of envelope: RequestEnvelope,
        in bytes: Span<UInt8>,
        among methods: MethodTable<ServedMethod>
    ) -> (names: [UInt8], method: ServedMethod)? {
        if let last = self.last, envelope.hasKnownNames { return (last.names, last.served) }
        let (service, name) = (bytes.extracting(envelope.service), bytes.extracting(envelope.method))
        guard let method = methods.find(service: service, name: name) else { return nil }
        let end = max(envelope.service.upperBound, envelope.method.upperBound)
        // Whether nothing lies between and before them.
        let isBeginning = end == Envelope.size(of: service.count) + Envelope.size(of: name.count)
        return (isBeginning ? Array(bytes.extracting(0..<end)) : [], method)
    }

    private func metadata(of envelope: RequestEnvelope, in bytes: Span<UInt8>) -> (Metadata, Credential?) {
        if let last = self.last, envelope.hasKnownMetadata { return (last.metadata, last.credential) }
        let metadata = envelope.metadata(in: bytes)
        if let known = self.last?.credential, known.isPresented(in: metadata) { return (metadata, known) }
        return (metadata, Credential(in: metadata))
    }
}

/// What a request says beside its message and its time. Calls of one connection that are alike share it.
// Unchecked as what it extends is; what is added is constant, and the connection is for its event loop.
final class RequestHead: CallHead, @unchecked Sendable {
    /// The bytes that name service and method, if the request began with them.
    let names: [UInt8]
    let served: ServedMethod
    /// The method's. Stored once more because each look at an object by way of another counts a reference.
    let kind: MethodDescriptor.Kind
    /// The origin. Stored once more because each cast would count a reference.
    let connection: ServerConnection

    init(
        names: [UInt8],
        method: ServedMethod,
        metadata: Metadata,
        credential: Credential?,
        connection: ServerConnection
    ) {
        self.names = names
        self.served = method
        self.kind = method.descriptor.kind
        self.connection = connection
        super.init(method: method.descriptor, metadata: metadata, credential: credential, origin: connection)
    }

    /// Parses a request as far as it is unlike this.
    fileprivate func parse(_ bytes: Span<UInt8>) throws(MalformedEnvelope) -> RequestEnvelope {
        if !self.names.isEmpty, bytes.begin(with: self.names) {
            let envelope = try RequestEnvelope(parsing: bytes, from: self.names.count, knowing: self.metadata)
            // Names that come once more are the ones that count.
            if !envelope.hasNames { return envelope }
        }
        return try RequestEnvelope(parsing: bytes, knowing: self.metadata)
    }
}
