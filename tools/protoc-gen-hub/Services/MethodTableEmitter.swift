/// Writes the list of all methods, by which a server finds a policy and the tests find what they must cover.
struct MethodTableEmitter: Emitter {
    func files(for contract: Contract) -> [GeneratedFile] {
        let table = """
            /// The methods of all services.
            package enum ContractMethods {
                /// Every method with its policy.
                package static let all: [(method: MethodDescriptor, policy: Policy)] = [
            \(contract.services.map { "\($0.name).policies," }.lines.indented(2))
                ].flatMap(\\.self)
            }
            """
        return [
            GeneratedFile(
                path: "Sources/Contract/Services/ContractMethods.swift",
                text: SwiftSource.file(from: "all files of the contract", imports: ["package import RPC"], [table])
            )
        ]
    }
}
