import Contract
import Foundation
import Support
import SwiftProtobuf

/// The contract as it stands in `Proto/`, read by protoc at the time of the test.
enum ProtoFiles {
    /// The root of the checkout.
    static let checkout = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every file of the contract with what it imports, comments included.
    static func descriptors() async throws -> Google_Protobuf_FileDescriptorSet {
        let output = FileManager.default.temporaryDirectory.appending(path: "contract-\(UUID().uuidString).pb").path
        defer { try? FileManager.default.removeItem(atPath: output) }
        let folder = self.checkout.appending(path: "Proto").path
        let (exit, _, errors) = try await Program.run(
            "protoc",
            ["--proto_path=\(folder)", "--include_imports", "--include_source_info", "--descriptor_set_out=\(output)"]
                + (try self.paths())
        )
        guard exit == .code(0) else { throw Failure(description: errors.joined(separator: "\n")) }
        return try Google_Protobuf_FileDescriptorSet(
            serializedBytes: try Data(contentsOf: URL(filePath: output)),
            extensions: Options_Extensions
        )
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static func paths() throws -> [String] {
        let folder = self.checkout.appending(path: "Proto")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".proto") }.sorted()
    }
}

extension Google_Protobuf_FileDescriptorSet {
    /// The files that we define, without those of protobuf itself.
    var own: [Google_Protobuf_FileDescriptorProto] {
        self.file.filter { !$0.package.hasPrefix("google.protobuf") }
    }

    /// The files of the hub.
    var hub: [Google_Protobuf_FileDescriptorProto] { self.file.filter { $0.package.hasPrefix("hub.") } }
}
