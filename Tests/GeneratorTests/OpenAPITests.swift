import Foundation
import SwiftProtobufPluginLibrary
import Testing

struct OpenAPITests {
    /// As much of a document as the tests look at.
    private struct Document: Decodable {
        struct Operation: Decodable {
            let operationId: String
            let summary: String
            let description: String?
            let security: [[String: [String]]]?
            let responses: [String: Response]
        }

        struct Response: Decodable {
            let description: String?
        }

        let paths: [String: [String: Operation]]

        var operations: [Operation] { self.paths.values.flatMap(\.values) }
    }

    @Test func `texts of an operation keep within 300 characters`() throws {
        let sentence = "Buys a thing that nobody needs. "
        let document = try self.document(
            doc: String(repeating: sentence, count: 20) + "\n  //\n  // Errors: "
                + String(repeating: sentence, count: 20)
        )

        let operation = try #require(document.operations.first)
        #expect(operation.summary == "Buys a thing that nobody needs.")
        #expect(operation.description?.count == 287)
        #expect(operation.responses["default"]?.description?.count == 287)
    }

    @Test func `only a public operation is open`() throws {
        let open = try self.document(policy: "public: {}")
        let closed = try self.document(policy: #"permission: { resource: "a" action: "b" scope: SCOPE_ANY }"#)

        #expect(open.operations.map(\.security) == [[]])
        #expect(closed.operations.map(\.security) == [nil])
    }

    @Test func `every operation has a name of its own`() throws {
        let file = try GoldenFiles.source.generate().openAPI

        let names = try JSONDecoder().decode(Document.self, from: Data(file.utf8)).operations.map(\.operationId)

        #expect(Set(names).count == names.count)
        #expect(names.contains("ShopCommands_Buy") && names.contains("ShopCommands_Buy_2"))
    }

    private func document(doc: String = "Buys.", policy: String = "public: {}") throws -> Document {
        let source = ProtoSource(
            declarations: """
                // Sells.
                service ShopCommands {
                  // \(doc)
                  rpc Buy(BuyRequest) returns (Receipt) { option (hub.options.v1.policy) = { \(policy) }; }
                }
                """ + ProtoSource.messages
        )
        return try JSONDecoder().decode(Document.self, from: Data(try source.generate().openAPI.utf8))
    }
}

extension Google_Protobuf_Compiler_CodeGeneratorResponse {
    fileprivate var openAPI: String {
        self.file.first { $0.name == "Gateway/OpenAPI/openapi.json" }?.content ?? self.error
    }
}
