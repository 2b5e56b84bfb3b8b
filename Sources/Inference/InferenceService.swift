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
    /// Seconds until the hold of a call expires if nobody ends it.
    let holdLifetime: Int64
    let logger: Logger

    package init(
        database: Database,
        credits: CreditsService,
        providers: [String: any ChatModel],
        holdLifetime: Int64 = 900,
        logger: Logger
    ) {
        self.database = database
        self.credits = credits
        self.providers = providers
        self.holdLifetime = holdLifetime
        self.logger = logger
    }

    /// How long an answer may take. It leaves the rest of the hold's life for the settlement.
    var answerLimit: Duration { .seconds(self.holdLifetime) * 3 / 4 }
}
