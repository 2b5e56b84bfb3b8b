import Contract
import Foundation
import RPC
import SwiftProtobuf
import Testing

@Suite struct MethodTests {
    /// A method as the proto files define it.
    struct Defined: Sendable, CustomTestStringConvertible {
        let path: String
        let name: String
        let comment: String
        let method: Google_Protobuf_MethodDescriptorProto

        var testDescription: String { self.path }
    }

    private func defined() async throws -> [Defined] {
        try await ProtoFiles.descriptors().own.flatMap { file in
            file.service.enumerated().flatMap { serviceIndex, service in
                service.method.enumerated().map { index, method in
                    // 6 is `service` in a file, 2 is `method` in a service.
                    let place: [Int32] = [6, Int32(serviceIndex), 2, Int32(index)]
                    let comment = file.sourceCodeInfo.location.first { $0.path == place }?.leadingComments ?? ""
                    let path = "\(file.package).\(service.name)/\(method.name)"
                    return Defined(path: path, name: method.name, comment: comment, method: method)
                }
            }
        }
    }

    @Test func `the method table has every method of the proto files, with its policy`() async throws {
        let defined = try await self.defined()

        #expect(Set(defined.map(\.path)) == Set(ContractMethods.all.map(\.method.path)))
        for entry in defined {
            let generated = try #require(ContractMethods.all.first { $0.method.path == entry.path })
            #expect(entry.method.options.hasPolicy, "\(entry.path) has no policy")
            #expect(generated.policy == Self.resolved(entry.method), "the table's policy of \(entry.path) differs")
            #expect(generated.policy.access != nil, "\(entry.path) does not say who may call it")
        }
    }

    /// The policy with the rate class that an unset one stands for.
    private static func resolved(_ method: Google_Protobuf_MethodDescriptorProto) -> Policy {
        var policy = method.options.policy
        guard policy.rate == .unspecified else { return policy }
        policy.rate = method.options.idempotencyLevel == .noSideEffects ? .read : .write
        return policy
    }

    @Test func `the method table knows queries from commands, and streams`() async throws {
        for entry in try await self.defined() {
            let generated = try #require(ContractMethods.all.first { $0.method.path == entry.path }).method

            #expect((generated.safety == .query) == (entry.method.options.idempotencyLevel == .noSideEffects))
            #expect(generated.kind.streamsRequests == entry.method.clientStreaming)
            #expect(generated.kind.streamsResponses == entry.method.serverStreaming)
            guard entry.path.hasPrefix("hub.") else { continue }  // standard services keep their published names
            #expect((generated.safety == .query) == generated.service.hasSuffix("Queries"))
        }
    }

    @Test func `every method is documented`() async throws {
        for entry in try await self.defined() {
            #expect(entry.comment.trimmingCharacters(in: .whitespacesAndNewlines).count > 20, "\(entry.path)")
        }
    }

    @Test func `every method that takes one message has a route in the OpenAPI document`() async throws {
        let path = ProtoFiles.checkout.appending(path: "Gateway/OpenAPI/openapi.json")
        let document = try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any]
        let paths = try #require(document?["paths"] as? [String: [String: [String: Any]]])
        let operations = paths.values.flatMap(\.values).compactMap { $0["operationId"] as? String }

        for entry in try await self.defined() where !entry.method.clientStreaming {
            #expect(
                operations.contains { $0.lowercased().hasSuffix(entry.name.lowercased()) },
                "\(entry.path) has no operation"
            )
        }
        #expect(Set(operations).count == operations.count)
    }

    @Test func `every method is called by a test`() async throws {
        let folder = ProtoFiles.checkout.appending(path: "Tests")
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        let code = try files.filter {
            $0.hasSuffix("Tests.swift") || $0.hasSuffix("Ledger.swift") || $0.hasSuffix("ChatHub.swift")
        }
        .filter { !$0.hasPrefix("ContractTests") }
        .map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }
        .joined(separator: "\n")

        for entry in try await self.defined() {
            let name = entry.name.prefix(1).lowercased() + entry.name.dropFirst()
            let isCalled = code.contains(".\(name)(") || code.contains(".\(name) {")
            #expect(isCalled, "no test calls \(entry.path)")
        }
    }
}
