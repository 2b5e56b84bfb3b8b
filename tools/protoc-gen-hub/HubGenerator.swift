import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The protoc plugin: reads the contract, checks it, and lets every emitter write its files.
///
/// One run writes everything; file names are relative to the root of the checkout, which is what `--hub_out` names.
struct HubGenerator: CodeGenerator {
    /// All that is made from the contract beside the messages.
    static let emitters: [any Emitter] = [
        ServiceEmitter(),
        MethodTableEmitter(),
        RouteEmitter(),
        CommandLineEmitter(),
        OpenAPIEmitter(),
    ]

    let supportedFeatures: [Google_Protobuf_Compiler_CodeGeneratorResponse.Feature] = [.proto3Optional]

    let customOptionExtensions: [any AnyMessageExtension] = [
        Google_Api_Extensions_http,
        Extensions_policy,
        Extensions_marker,
        Extensions_standard,
    ]

    func generate(
        files: [FileDescriptor],
        parameter: any CodeGeneratorParameter,
        protoCompilerContext: any ProtoCompilerContext,
        generatorOutputs outputs: any GeneratorOutputs
    ) throws {
        guard parameter.parameter.isEmpty else { throw UnknownParameter(text: parameter.parameter) }
        let contract = try Contract(checking: files)
        for emitter in Self.emitters {
            for file in emitter.files(for: contract) {
                try outputs.add(fileName: file.path, contents: file.text)
            }
        }
    }
}

/// The plugin takes no `--hub_opt`.
struct UnknownParameter: Error, CustomStringConvertible {
    let text: String

    var description: String { "protoc-gen-hub takes no parameter, but was given '\(self.text)'" }
}
