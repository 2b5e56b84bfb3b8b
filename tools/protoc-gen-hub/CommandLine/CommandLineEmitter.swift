/// Writes the commands of the command line: a group per context, a command per method whose request is one message, an
/// option per field, and how the answers look as tables.
struct CommandLineEmitter: Emitter {
    func files(for contract: Contract) -> [GeneratedFile] {
        [
            file("Commands", ["import ArgumentParser", "import Contract", "import RPC"], contract.commandGroups),
            file(
                "Tables",
                ["import Contract", "import RPC", "import SwiftProtobuf"],
                contract.tables + contract.choices
            ),
        ]
    }

    private func file(_ name: String, _ imports: [String], _ parts: [String]) -> GeneratedFile {
        GeneratedFile(
            path: "Sources/hub/Generated/\(name).swift",
            text: SwiftSource.file(from: "all files of the contract", imports: imports, parts)
        )
    }
}
