import Contract
import Foundation
import Kernel
import RPC
import SwiftProtobuf

/// Serves `grpc.reflection.v1.ServerReflection` from the contract's own files.
struct Reflection: ServerReflectionService {
    private let files: ContractFiles

    /// - Throws: If the files that the program was built with are damaged.
    init() throws {
        self.files = try ContractFiles(PackageResources.contract_pb)
    }

    func serverReflectionInfo(
        _ requests: RequestSequence<Grpc_Reflection_V1_ServerReflectionRequest>,
        _ responses: ResponseStream<Grpc_Reflection_V1_ServerReflectionResponse>,
        _ call: CallContext
    ) async throws {
        var conversation = Conversation(about: self.files)
        for try await request in requests {
            try await responses.write(try conversation.answer(request))
        }
    }
}

extension Reflection {
    /// One caller's questions, and which files the caller has from earlier answers.
    struct Conversation {
        private typealias Answer = Grpc_Reflection_V1_ServerReflectionResponse.OneOf_MessageResponse

        private let files: ContractFiles
        private var sent: Set<String> = []

        init(about files: ContractFiles) {
            self.files = files
        }

        /// - Throws: `INVALID_ARGUMENT` when nothing is asked.
        mutating func answer(
            _ request: Grpc_Reflection_V1_ServerReflectionRequest
        ) throws(Status) -> Grpc_Reflection_V1_ServerReflectionResponse {
            guard let question = request.messageRequest else {
                throw Status.hub(.invalidArgument, "NOTHING_ASKED", "The request asks nothing.")
            }
            let answer = self.answer(question)
            return .with {
                $0.validHost = request.host
                $0.originalRequest = request
                $0.messageResponse = answer
            }
        }

        private mutating func answer(
            _ question: Grpc_Reflection_V1_ServerReflectionRequest.OneOf_MessageRequest
        ) -> Answer {
            switch question {
            case .fileByFilename(let name):
                return self.deliver(self.files.file(named: name), "file \(name)")
            case .fileContainingSymbol(let symbol):
                return self.deliver(self.files.file(declaring: symbol), "symbol \(symbol)")
            case .fileContainingExtension(let wanted):
                return self.deliver(
                    self.files.file(extending: wanted.containingType, by: wanted.extensionNumber),
                    "extension \(wanted.extensionNumber) of \(wanted.containingType)"
                )
            case .allExtensionNumbersOfType(let type):
                guard let numbers = self.files.extensions(of: type) else { return Self.notFound("message \(type)") }
                return .allExtensionNumbersResponse(
                    .with {
                        $0.baseTypeName = type
                        $0.extensionNumber = numbers
                    }
                )
            case .listServices:
                let services = self.files.services.map { name in
                    Grpc_Reflection_V1_ServiceResponse.with { $0.name = name }
                }
                return .listServicesResponse(.with { $0.service = services })
            }
        }

        /// The file itself, always and first, and what it needs and was not sent yet.
        private mutating func deliver(_ file: ContractFiles.File?, _ what: String) -> Answer {
            guard let file else { return Self.notFound(what) }
            self.sent.insert(file.name)
            var found = [file]
            var next = 0
            while next < found.count {
                for name in found[next].imports where self.sent.insert(name).inserted {
                    if let imported = self.files.file(named: name) { found.append(imported) }
                }
                next += 1
            }
            return .fileDescriptorResponse(.with { $0.fileDescriptorProto = found.map { Data($0.bytes) } })
        }

        private static func notFound(_ what: String) -> Answer {
            .errorResponse(
                .with {
                    $0.errorCode = Int32(Status.Code.notFound.rawValue)
                    $0.errorMessage = "There is no \(what) here."
                }
            )
        }
    }
}
