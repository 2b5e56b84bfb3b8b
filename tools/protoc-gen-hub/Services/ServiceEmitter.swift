/// Writes, for each service, the protocol that serves it, its method table and its client.
struct ServiceEmitter: Emitter {
    func files(for contract: Contract) -> [GeneratedFile] {
        contract.services.map { service in
            GeneratedFile(
                path: "Sources/Contract/Services/\(service.name).rpc.swift",
                text: SwiftSource.file(
                    from: service.position.file,
                    imports: ["package import RPC", "import SwiftProtobuf"],
                    [service.serverProtocol, service.serverDefinition, service.methodTable, service.client]
                )
            )
        }
    }
}
