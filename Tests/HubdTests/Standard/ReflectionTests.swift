import Contract
import Foundation
import RPC
import Support
import SwiftProtobuf
import Testing

@testable import hubd

@Suite struct ReflectionTests {
    private typealias Answer = Grpc_Reflection_V1_ServerReflectionResponse.OneOf_MessageResponse
    typealias Question = Grpc_Reflection_V1_ServerReflectionRequest.OneOf_MessageRequest

    @Test func `lists the services of the contract`() async throws {
        let answers = try await self.ask(.listServices("*"))

        guard case .listServicesResponse(let list) = answers[0] else { return #expect(Bool(false), "\(answers)") }
        #expect(list.service.map(\.name) == Set(ContractMethods.all.map(\.method.service)).sorted())
    }

    @Test(
        arguments: [
            .fileByFilename("hub/credits/v1/queries.proto"),
            .fileContainingSymbol("hub.credits.v1.CreditQueries"),
            .fileContainingSymbol("hub.credits.v1.CreditQueries.GetBalance"),
            .fileContainingSymbol("hub.credits.v1.GetBalanceRequest"),
            .fileContainingSymbol("hub.credits.v1.GetBalanceRequest.user_id"),
        ] as [Grpc_Reflection_V1_ServerReflectionRequest.OneOf_MessageRequest]
    )
    func `the file that declares something comes first, then all that it needs`(question: Question) async throws {
        let files = try self.files(try await self.ask(question)[0])

        #expect(files.first?.name == "hub/credits/v1/queries.proto")
        let names = Set(files.map(\.name))
        #expect(names.count == files.count)
        #expect(names.isSuperset(of: files.flatMap(\.dependency)))
    }

    @Test(
        arguments: [
            ("hub.options.v1.SCOPE_ANY", "hub/options/v1/options.proto"),
            ("hub.options.v1.policy", "hub/options/v1/options.proto"),
            ("hub.options.v1.Policy.access", "hub/options/v1/options.proto"),
            ("grpc.health.v1.HealthCheckResponse.SERVING", "grpc/health/v1/health.proto"),
            ("google.protobuf.FieldDescriptorProto.Type", "google/protobuf/descriptor.proto"),
        ]
    )
    func `every kind of declaration is found`(symbol: String, file: String) async throws {
        let files = try self.files(try await self.ask(.fileContainingSymbol(symbol))[0])

        #expect(files.first?.name == file)
    }

    @Test func `a file that a stream has brought is not sent again unless it is asked for`() async throws {
        let answers = try await self.ask(
            .fileByFilename("hub/credits/v1/queries.proto"),
            .fileByFilename("hub/credits/v1/commands.proto"),
            .fileByFilename("hub/credits/v1/types.proto")
        )

        #expect(try self.files(answers[1]).map(\.name) == ["hub/credits/v1/commands.proto"])
        #expect(try self.files(answers[2]).map(\.name) == ["hub/credits/v1/types.proto"])
    }

    @Test func `extensions are found by message and number`() async throws {
        let wanted = Grpc_Reflection_V1_ExtensionRequest.with {
            $0.containingType = "google.protobuf.MethodOptions"
            $0.extensionNumber = 51_001
        }
        let answers = try await self.ask(
            .fileContainingExtension(wanted),
            .allExtensionNumbersOfType("google.protobuf.MethodOptions"),
            .allExtensionNumbersOfType("hub.credits.v1.Hold")
        )

        #expect(try self.files(answers[0]).first?.name == "hub/options/v1/options.proto")
        guard case .allExtensionNumbersResponse(let some) = answers[1],
            case .allExtensionNumbersResponse(let none) = answers[2]
        else { return #expect(Bool(false), "\(answers)") }
        #expect(some.baseTypeName == "google.protobuf.MethodOptions")
        #expect(some.extensionNumber == [51_001, 72_295_728])
        #expect(none.extensionNumber == [])
    }

    @Test func `what does not exist is an answer, and the stream goes on`() async throws {
        let answers = try await self.ask(
            .fileByFilename("none.proto"),
            .fileContainingSymbol("hub.None"),
            .fileContainingExtension(.with { $0.containingType = "google.protobuf.MethodOptions" }),
            .allExtensionNumbersOfType("hub.None"),
            .listServices("")
        )

        for answer in answers.dropLast() {
            guard case .errorResponse(let error) = answer else { return #expect(Bool(false), "\(answer)") }
            #expect(error.errorCode == 5)
            #expect(error.errorMessage.hasPrefix("There is no "))
        }
    }

    @Test func `an answer repeats host and question`() async throws {
        let request = Grpc_Reflection_V1_ServerReflectionRequest.with {
            $0.host = "example.org"
            $0.fileByFilename = "none.proto"
        }

        let response = try await self.converse([request])[0]

        #expect(response.validHost == "example.org")
        #expect(response.originalRequest == request)
    }

    @Test func `a request that asks nothing ends the stream`() async throws {
        let status = await #expect(throws: Status.self) { try await self.converse([.init()]) }

        #expect(status?.code == .invalidArgument)
    }

    private func ask(_ questions: Question...) async throws -> [Answer] {
        try await self.converse(questions.map { question in .with { $0.messageRequest = question } })
            .compactMap(\.messageResponse)
    }

    /// Asks one after the other on one stream.
    private func converse(
        _ requests: [Grpc_Reflection_V1_ServerReflectionRequest]
    ) async throws -> [Grpc_Reflection_V1_ServerReflectionResponse] {
        try await withServer([ServerReflection.definition(of: try Reflection())]) { client in
            try await ServerReflectionClient(client).serverReflectionInfo { questions, answers in
                var iterator = answers.makeAsyncIterator()
                var responses: [Grpc_Reflection_V1_ServerReflectionResponse] = []
                for request in requests {
                    try await questions.write(request)
                    responses.append(try #require(try await iterator.next()))
                }
                try await questions.finish()
                #expect(try await iterator.next() == nil)
                return responses
            }
        }
    }

    private func files(_ answer: Answer) throws -> [Google_Protobuf_FileDescriptorProto] {
        guard case .fileDescriptorResponse(let response) = answer else { throw NoFiles(answer: "\(answer)") }
        return try response.fileDescriptorProto.map { try .init(serializedBytes: $0) }
    }

    private struct NoFiles: Error {
        let answer: String
    }
}
