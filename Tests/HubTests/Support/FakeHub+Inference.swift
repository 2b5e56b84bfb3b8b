import Contract
import RPC
import SwiftProtobuf

extension FakeHub: InferenceCommandsService, InferenceQueriesService {
    /// `parrot` repeats the last message word by word; `endless` never comes to an end; others are too dear.
    func chat(
        _ request: ChatRequest,
        _ responses: ResponseStream<ChatResponse>,
        _ call: CallContext
    ) async throws {
        try self.authenticate(call)
        self.note(request.requestID)
        switch request.model {
        case "parrot": try await self.repeatBack(request, responses)
        case "endless": try await self.goOn(responses)
        default: throw Status(.resourceExhausted, "5 credits are needed, 1 is left.", reason: "INSUFFICIENT_CREDITS")
        }
    }

    private func repeatBack(_ request: ChatRequest, _ responses: ResponseStream<ChatResponse>) async throws {
        let said = request.messages.map(\.content).joined(separator: " | ")
        for word in said.split(separator: " ") {
            try await responses.write(ChatResponse.with { $0.text = "\(word) " })
        }
        try await responses.write(
            ChatResponse.with {
                $0.done.finishReason = "stop"
                $0.done.servedModel = "parrot-1"
                $0.done.usage.promptTokens = 3
                $0.done.usage.completionTokens = 4
                $0.done.usage.quality = .exact
                $0.done.usage.creditsCharged = "0.25"
                $0.done.usage.creditsAvailable = "12.25"
            }
        )
    }

    private func goOn(_ responses: ResponseStream<ChatResponse>) async throws {
        try await responses.write(ChatResponse.with { $0.text = "Well, " })
        let (never, end) = AsyncStream.makeStream(of: Never.self)
        for await _ in never {}
        end.finish()
        self.cancellations.continuation.yield()
        try Task.checkCancellation()
    }

    func listModels(_ request: ListModelsRequest, _ call: CallContext) async throws -> ListModelsResponse {
        try self.authenticate(call)
        return ListModelsResponse.with { response in
            response.models = ["eagle", "parrot"].map { name in
                Model.with {
                    $0.modelID = name
                    $0.provider = "fake"
                    $0.inputPrice = "0.5"
                    $0.outputPrice = name == "parrot" ? "9.5" : "12.25"
                    $0.contextTokens = 8_000
                    $0.maxOutputTokens = 1_000
                }
            }
        }
    }
}
