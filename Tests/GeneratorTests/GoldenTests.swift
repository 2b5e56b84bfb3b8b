import SwiftProtobufPluginLibrary
import Testing

@testable import protoc_gen_hub

struct GoldenTests {
    @Test(
        arguments: [
            "Sources/Contract/Services/ShopCommands.rpc.swift",
            "Sources/Contract/Services/ShopQueries.rpc.swift",
            "Sources/Contract/Services/Doorbell.rpc.swift",
            "Sources/Contract/Services/Intercom.rpc.swift",
            "Sources/Contract/Services/ContractMethods.swift",
            "Gateway/Sources/Generated/Routes.swift",
            "Gateway/OpenAPI/openapi.json",
            "Sources/hub/Generated/Commands.swift",
            "Sources/hub/Generated/Tables.swift",
        ]
    )
    func `a file of a run is as expected`(path: String) throws {
        let response = try GoldenFiles.source.generate()

        let file = try #require(response.file.first { $0.name == path }, "\(response.error)")
        #expect(file.content == (try GoldenFiles.expected(for: path, actual: file.content)))
    }

    @Test func `two runs give the same files`() throws {
        let source = try GoldenFiles.source

        let first = try source.generate()
        let second = try source.generate()

        #expect(first == second)
        #expect(!first.file.isEmpty)
    }
}
