import Contract
package import Credits
package import Logging
package import Postgres

/// Calls models for credits. Implements the contract's services.
package final class InferenceService: InferenceCommandsService, InferenceQueriesService {
    let database: Database
    let credits: CreditsService
    /// The providers by the name that a model's row gives.
    let providers: [String: any ChatModel]
    /// Seconds until the hold of a call expires if nobody ends or extends it.
    let holdLifetime: Int64
    /// Longest answer.
    let answerLimit: Duration
    let logger: Logger

    package init(
        database: Database,
        credits: CreditsService,
        providers: [String: any ChatModel],
        holdLifetime: Int64 = 120,
        answerLimit: Duration = .seconds(900),
        logger: Logger
    ) {
        self.database = database
        self.credits = credits
        self.providers = providers
        self.holdLifetime = holdLifetime
        self.answerLimit = answerLimit
        self.logger = logger
    }
}
