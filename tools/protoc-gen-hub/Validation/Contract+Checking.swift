import SwiftProtobufPluginLibrary

extension Contract {
    /// Reads the contract and holds it against every rule.
    ///
    /// - Throws: `BrokenContract` with all that is wrong, not only the first.
    init(checking files: [FileDescriptor]) throws(BrokenContract) {
        var reader = ContractReader()
        let contract = reader.read(files)
        let problems = reader.problems + contract.problems
        guard problems.isEmpty else { throw BrokenContract(problems) }
        self = contract
    }

    private var problems: [Problem] {
        self.namingProblems + self.documentationProblems + self.policyProblems + self.safetyProblems
            + self.routeProblems + self.ambiguousRoutes + self.commandLineProblems
    }
}
