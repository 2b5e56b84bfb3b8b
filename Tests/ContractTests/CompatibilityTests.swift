import Foundation
import SwiftProtobuf
import Testing

@Suite struct CompatibilityTests {
    /// The contract as it was published last; `tools/record-contract` writes it.
    private func published() throws -> Compatibility {
        let path = ProtoFiles.checkout.appending(path: "Tests/ContractTests/Descriptors/published.pb")
        return Compatibility(try Google_Protobuf_FileDescriptorSet(serializedBytes: Data(contentsOf: path)).own)
    }

    @Test func `nothing that was published is missing or changed`() async throws {
        let now = Compatibility(try await ProtoFiles.descriptors().own)

        let lost = try self.published().facts.subtracting(now.facts).sorted()

        #expect(lost == [], "these break programs that were built before")
    }

    @Test func `everything new is recorded as published`() async throws {
        let now = Compatibility(try await ProtoFiles.descriptors().own)

        let new = try now.facts.subtracting(self.published().facts).sorted()

        #expect(new == [], "run tools/record-contract and commit what it writes")
    }

    @Test(
        arguments: [
            { (message: inout Google_Protobuf_DescriptorProto) in message.field.removeLast() },
            { $0.field[0].number = 99 },
            { $0.field[0].name = "other" },
            { $0.field[0].type = .bytes },
            { $0.field[0].label = .repeated },
            { $0.name = "Other" },
        ] as [@Sendable (inout Google_Protobuf_DescriptorProto) -> Void]
    )
    func `a removed, renumbered, renamed or retyped field is found`(
        change: @Sendable (inout Google_Protobuf_DescriptorProto) -> Void
    ) async throws {
        let files = try await ProtoFiles.descriptors().own
        var changed = files
        let index = try #require(files.firstIndex { $0.name == "hub/credits/v1/commands.proto" })
        change(&changed[index].messageType[0])

        #expect(!Compatibility(files).facts.subtracting(Compatibility(changed).facts).isEmpty)
    }
}
