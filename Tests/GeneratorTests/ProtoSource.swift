import Foundation
import SwiftProtobuf
import SwiftProtobufPluginLibrary

@testable import protoc_gen_hub

/// Proto files of a test, which the plugin is run over as protoc would.
struct ProtoSource {
    /// What the declarations of most tests need, on one line, so that those start in line 2.
    static let head = """
        syntax = "proto3"; package shop.v1; import "google/api/annotations.proto"; \
        import "hub/options/v1/options.proto"; option swift_prefix = "";
        """

    /// Their texts by their names.
    private let texts: [String: String]

    init(texts: [String: String]) {
        self.texts = texts
    }

    init(text: String) {
        self.init(texts: ["shop.proto": text])
    }

    /// Puts ``head`` in front.
    init(declarations: String) {
        self.init(text: Self.head + "\n" + declarations)
    }

    /// What the plugin answers.
    func generate(parameter: String = "") throws -> Google_Protobuf_Compiler_CodeGeneratorResponse {
        let files = try self.descriptors().file
        let request = Google_Protobuf_Compiler_CodeGeneratorRequest.with {
            $0.parameter = parameter
            $0.protoFile = files
            $0.fileToGenerate = self.texts.keys.sorted()
        }
        return generateCode(request: request, generator: HubGenerator())
    }

    /// The lines with which the plugin refuses the files, without the first one; none if it takes them.
    func problems() throws -> [String] {
        let lines = try self.generate().error.split(separator: "\n").map(String.init)
        return Array(lines.dropFirst())
    }

    /// Runs protoc, with the imports of the real contract in reach.
    private func descriptors() throws -> Google_Protobuf_FileDescriptorSet {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in self.texts {
            try text.write(to: folder.appending(path: name), atomically: false, encoding: .utf8)
        }

        let output = folder.appending(path: "descriptors")
        let protoc = try Program(name: "protoc").run(
            [
                "--proto_path=\(folder.path())",
                "--proto_path=\(Checkout.root.appending(path: "Proto").path())",
                "--include_imports", "--include_source_info", "--descriptor_set_out=\(output.path())",
            ] + self.texts.keys.sorted()
        )
        guard protoc.status == 0 else { throw Refused(reason: protoc.output) }
        var options = SimpleExtensionMap()
        options.insert(contentsOf: HubGenerator().customOptionExtensions)
        return try Google_Protobuf_FileDescriptorSet(serializedBytes: try Data(contentsOf: output), extensions: options)
    }

    /// protoc did not take the files.
    private struct Refused: Error {
        let reason: String
    }
}

/// The folder with `Package.swift`.
enum Checkout {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}
