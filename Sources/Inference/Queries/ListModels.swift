package import Contract
import Credits
package import RPC
import SwiftProtobuf

extension InferenceService {
    /// The models that can be called now, by name. One whose provider is not configured here is left out.
    package func listModels(_ request: ListModelsRequest, _ call: CallContext) async throws -> ListModelsResponse {
        let models = try await self.database.models().filter { self.providers[$0.provider] != nil }
        return .with { $0.models = models.map(\.message) }
    }
}

extension PricedModel {
    fileprivate var message: Model {
        .with {
            $0.modelID = self.modelID
            $0.provider = self.provider
            $0.inputPrice = self.price.input.description
            $0.outputPrice = self.price.output.description
            $0.contextTokens = Int32(clamping: self.contextTokens)
            $0.maxOutputTokens = Int32(clamping: self.maxOutputTokens)
        }
    }
}
