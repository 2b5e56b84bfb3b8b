import Contract
import RPC
import SwiftProtobuf
import Testing

@Suite struct SecondImplementationTests {
    /// Every message type of ours; a test compares this list with the proto files.
    private static let types: [any Message.Type] = [
        Policy.self, Public.self, Permission.self, FieldMarker.self,
        User.self, RegisterRequest.self, RegisterResponse.self, LoginRequest.self, RefreshRequest.self, TokenPair.self,
        LogoutRequest.self, LogoutResponse.self, GetMeRequest.self,
        Balance.self, Hold.self, CreditTransaction.self, PlaceHoldRequest.self, SettleHoldRequest.self,
        ReleaseHoldRequest.self, AdjustCreditsRequest.self, GetBalanceRequest.self, ListTransactionsRequest.self,
        ExtendHoldRequest.self, DeductCreditsRequest.self, DeductCreditsResponse.self, CheckCreditsRequest.self,
        CheckCreditsResponse.self,
        StageBulkFileRequest.self, StagedBulkFile.self, BulkAdjustCreditsRequest.self, BulkAdjustCreditsResponse.self,
        BulkProgress.self, BulkLine.self, BulkAdjustDone.self, ListCreditAuditRequest.self,
        ListCreditAuditResponse.self, CreditAuditEntry.self,
        ListTransactionsResponse.self,
        VerifyLedgerRequest.self, LedgerFinding.self, JournalHead.self, GetHouseAccountsRequest.self,
        GetHouseAccountsResponse.self, HouseBalance.self,
        PromoCode.self, CreatePromoCodeRequest.self, UpdatePromoCodeRequest.self, RedeemPromoCodeRequest.self,
        RedeemPromoCodeResponse.self, ListPromoCodesRequest.self, ListPromoCodesResponse.self,
        GetCreditReportRequest.self, GetCreditReportResponse.self, CreditReportRow.self, ExportCreditReportRequest.self,
        ExportCreditReportResponse.self,
        Model.self, ChatMessage.self, ChatUsage.self, ChatRequest.self, ChatResponse.self, ChatDone.self,
        ListModelsRequest.self, ListModelsResponse.self,
        Google_Rpc_Status.self, Google_Rpc_ErrorInfo.self, Google_Rpc_RetryInfo.self, Google_Rpc_QuotaFailure.self,
        Google_Rpc_QuotaFailure.Violation.self, Google_Rpc_BadRequest.self, Google_Rpc_BadRequest.FieldViolation.self,
        Google_Rpc_PreconditionFailure.self, Google_Rpc_PreconditionFailure.Violation.self,
        Google_Rpc_ResourceInfo.self,
        Google_Rpc_RequestInfo.self,
        Ttrpc_Request.self, Ttrpc_Response.self, Ttrpc_KeyValue.self, Ttrpc_Settings.self, Ttrpc_StreamMetadata.self,
        Grpc_Health_V1_HealthCheckRequest.self, Grpc_Health_V1_HealthCheckResponse.self,
        Grpc_Reflection_V1_ServerReflectionRequest.self, Grpc_Reflection_V1_ExtensionRequest.self,
        Grpc_Reflection_V1_ServerReflectionResponse.self, Grpc_Reflection_V1_FileDescriptorResponse.self,
        Grpc_Reflection_V1_ExtensionNumberResponse.self, Grpc_Reflection_V1_ListServiceResponse.self,
        Grpc_Reflection_V1_ServiceResponse.self, Grpc_Reflection_V1_ErrorResponse.self,
    ]

    /// Random messages of each type.
    private static let rounds: UInt32 = 200

    @Test func `the list has every message of the proto files`() async throws {
        func names(_ messages: [Google_Protobuf_DescriptorProto], in scope: String) -> [String] {
            messages.filter { !$0.options.mapEntry }.flatMap { message in
                ["\(scope).\(message.name)"] + names(message.nestedType, in: "\(scope).\(message.name)")
            }
        }
        // google.api has options that only the generator reads.
        let files = try await ProtoFiles.descriptors().own.filter { $0.package != "google.api" }

        let defined = files.flatMap { names($0.messageType, in: $0.package) }

        #expect(defined.sorted() == Self.types.map { $0.protoMessageName }.sorted())
    }

    @Test func `what protobuf-c writes SwiftProtobuf reads, and the other way round, byte for byte`() async throws {
        let descriptors = try await ProtoFiles.descriptors()
        let second = try await SecondImplementation(descriptors)
        defer { second.remove() }
        let requests = Self.types.flatMap { type in (0..<Self.rounds).map { (type: type, seed: $0) } }

        let written = try await second.randomMessages(requests.map { ($0.type.protoMessageName, $0.seed) })
        let ours = try zip(requests, written).map { request, bytes in
            try request.type.init(serializedBytes: try #require(bytes))
        }
        let answers = try await second.reencoded(
            try ours.map { (type(of: $0).protoMessageName, try $0.serializedBytes()) }
        )

        #expect(ours.count == Self.types.count * Int(Self.rounds))
        var different = 0
        for (index, message) in ours.enumerated() {
            let bytes = try #require(answers[index], "protobuf-c cannot read \(message)")
            // The entries of a map have no order; all else has one encoding.
            let isEqual =
                message is Google_Rpc_ErrorInfo
                ? try message.isEqualTo(message: type(of: message).init(serializedBytes: bytes))
                : bytes == written[index]
            if !isEqual { different += 1 }
        }
        #expect(different == 0)
        // Filled messages, not only empty ones.
        #expect(written.reduce(0) { $0 + ($1?.count ?? 0) } > 20 * ours.count)
    }

    @Test func `neither reads a message that is cut short`() async throws {
        let second = try await SecondImplementation(try await ProtoFiles.descriptors())
        defer { second.remove() }
        let whole: [UInt8] = try Balance.with { $0.userID = "0190f1a0-0000-7000-8000-000000000000" }.serializedBytes()
        let cuts = (1..<whole.count).map { Array(whole.prefix($0)) }

        let answers = try await second.reencoded(cuts.map { (Balance.protoMessageName, $0) })

        for (cut, answer) in zip(cuts, answers) {
            #expect(answer == nil)
            #expect(throws: (any Error).self) { try Balance(serializedBytes: cut) }
        }
    }
}
