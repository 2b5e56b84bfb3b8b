import ArgumentParser
import Contract
import FoundationEssentials
import RPC
import SwiftProtobuf

struct ChatWithModel: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Ask a model, and see the answer as it comes.",
        discussion: """
            Below the answer, on standard error, stands what it cost. Ctrl-C stops the model; what it has said until \
            then is charged.
            """
    )

    @Option(name: .shortAndLong, help: "A name from `hub models`. Without it: $HUB_MODEL, else the cheapest of them.")
    var model: String?

    @Option(name: .shortAndLong, help: "How the model shall behave.")
    var system: String?

    @Option(help: "Most tokens of the answer. Without it: the model's limit.")
    var maxTokens: Int32?

    @Option(help: "How freely the model chooses, 0 to 2. Without it: the provider's default.")
    var temperature: Double?

    @Option(name: .long, help: "Repeating a chat under one id has no second effect. Without it: a fresh one.")
    var requestID: String?

    @OptionGroup
    var options: GlobalOptions

    @Argument(help: "What to say; `-` alone reads it from standard input.")
    var prompt: [String]

    func run(in shell: Shell) async throws {
        let request = try self.request(in: shell)
        try await Connection.open(self.options, in: shell) { hub in
            var request = request
            if request.model.isEmpty { request.model = try await Self.cheapestModel(of: hub) }
            try await hub.answer(InferenceCommands.chat, request, id: request.requestID)
        }
    }

    private func request(in shell: Shell) throws -> ChatRequest {
        let prompt = self.prompt == ["-"] ? try text(shell.input.all()) : self.prompt.joined(separator: " ")
        return ChatRequest.with {
            $0.requestID = self.requestID ?? RequestID.fresh()
            $0.model = self.model ?? shell.variable("HUB_MODEL") ?? ""
            if let system { $0.messages.append(ChatMessage(role: "system", content: system)) }
            $0.messages.append(ChatMessage(role: "user", content: prompt))
            if let maxTokens { $0.maxTokens = maxTokens }
            if let temperature { $0.temperature = temperature }
        }
    }

    private static func cheapestModel(of hub: Connection) async throws -> String {
        let models = try await hub.call(InferenceQueries.listModels, ListModelsRequest()).models
        guard let model = models.min(by: { $0.priceOfAnswer < $1.priceOfAnswer }) else {
            throw Failure(.notFound, "This hub offers no model.")
        }
        return model.modelID
    }
}

extension Model {
    /// Credits for a million tokens of answer.
    fileprivate var priceOfAnswer: Decimal { Decimal(string: self.outputPrice) ?? .greatestFiniteMagnitude }
}

extension ChatMessage {
    fileprivate init(role: String, content: String) {
        self.init()
        self.role = role
        self.content = content
    }
}
