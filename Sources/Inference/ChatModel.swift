/// A model that can be talked to. `Providers` implements it.
package protocol ChatModel: Sendable {
    /// Sends a conversation and hands over the answer piece by piece, in order; the next piece is read only after
    /// `receive` has returned. Cancelling the task, or an error of `receive`, ends the provider's call at once.
    ///
    /// - Returns: how the answer ended, after its last piece.
    /// - Throws: `ChatModelFailure`, `CancellationError`, or what `receive` threw.
    func stream(
        _ prompt: ChatPrompt,
        _ receive: @escaping (ChatEvent) async throws -> Void
    ) async throws -> ChatCompletion
}

/// What a model is asked.
package struct ChatPrompt: Sendable {
    /// Who said a turn of the conversation.
    package enum Role: String, Sendable {
        case system, user, assistant
    }

    /// One turn of the conversation.
    package struct Turn: Sendable {
        package var role: Role
        package var content: String

        package init(_ role: Role, _ content: String) {
            self.role = role
            self.content = content
        }
    }

    /// The provider's name of the model.
    package var model: String
    /// The conversation so far, oldest turn first.
    package var turns: [Turn]
    /// Most tokens the answer may have, at least 1. It is always sent: the credits held depend on it.
    package var maxOutputTokens: Int
    /// How freely the model chooses, 0 to 2; `nil` leaves it to the provider.
    package var temperature: Double?
    /// Goes along with the request, so that both sides can be compared.
    package var requestID: String

    package init(
        model: String,
        turns: [Turn],
        maxOutputTokens: Int,
        temperature: Double? = nil,
        requestID: String
    ) {
        self.model = model
        self.turns = turns
        self.maxOutputTokens = maxOutputTokens
        self.temperature = temperature
        self.requestID = requestID
    }
}

/// A piece of an answer. None arrives before the provider has really begun to answer.
package enum ChatEvent: Sendable, Equatable {
    /// The next text, never empty.
    case text(String)
}

/// How an answer ended.
package struct ChatCompletion: Sendable, Equatable {
    /// `stop`, `length`, `content_filter`, or what else the provider says; `unknown` if it says nothing.
    package var finishReason: String
    /// The provider's name of the model that answered.
    package var servedModel: String
    /// What the provider counted; `nil` if it counted nothing or something impossible.
    package var usage: ReportedUsage?
    /// What is odd about the provider's figures, for the operator. Set whenever `usage` is `nil`.
    package var anomaly: String?

    package init(finishReason: String, servedModel: String, usage: ReportedUsage?, anomaly: String? = nil) {
        self.finishReason = finishReason
        self.servedModel = servedModel
        self.usage = usage
        self.anomaly = anomaly
    }
}
