import Credits
import Kernel
package import Postgres
import RPC

/// A model that can be called, as it is stored.
package struct PricedModel: Sendable {
    package let modelID: String
    package let provider: String
    /// The provider's own name of it.
    package let upstreamName: String
    package let price: TokenPrice
    package let contextTokens: Int
    package let maxOutputTokens: Int

    package init(
        modelID: String,
        provider: String,
        upstreamName: String,
        price: TokenPrice,
        contextTokens: Int,
        maxOutputTokens: Int
    ) {
        self.modelID = modelID
        self.provider = provider
        self.upstreamName = upstreamName
        self.price = price
        self.contextTokens = contextTokens
        self.maxOutputTokens = maxOutputTokens
    }
}

extension Database {
    /// The models that can be called now, by name.
    func models() async throws -> [PricedModel] {
        try await self.rows(readModels, [], readModel)
    }

    /// - Throws: `NOT_FOUND`.
    func model(_ id: String) async throws -> PricedModel {
        guard let model = try await self.first(readOneModel, [.text(id)], readModel) else {
            throw Status.notFound("model", id)
        }
        return model
    }

    /// Makes the model callable under these terms; a row of the same name is replaced.
    package func put(_ model: PricedModel) async throws {
        _ = try await self.run(
            putModel,
            [
                .text(model.modelID), .text(model.provider), .text(model.upstreamName),
                .int(model.price.input.micro), .int(model.price.output.micro),
                .int(Int64(model.contextTokens)), .int(Int64(model.maxOutputTokens)),
            ]
        )
    }
}

@Sendable private func readModel(_ row: borrowing Row) throws -> PricedModel {
    PricedModel(
        modelID: try row.text(0),
        provider: try row.text(1),
        upstreamName: try row.text(2),
        price: TokenPrice(input: CreditAmount(micro: try row.int(3)), output: CreditAmount(micro: try row.int(4))),
        contextTokens: Int(try row.int(5)),
        maxOutputTokens: Int(try row.int(6))
    )
}

private let columns =
    "model_id, provider, upstream_name, input_price, output_price, context_tokens, max_output_tokens"

private let readModels = Statement("SELECT \(columns) FROM model WHERE active ORDER BY model_id")

private let readOneModel = Statement("SELECT \(columns) FROM model WHERE active AND model_id = $1")

private let putModel = Statement(
    """
    INSERT INTO model (\(columns)) VALUES ($1, $2, $3, $4::bigint, $5::bigint, $6::int, $7::int)
    ON CONFLICT (model_id) DO UPDATE SET
        (\(columns), active) = (excluded.model_id, excluded.provider, excluded.upstream_name, excluded.input_price,
            excluded.output_price, excluded.context_tokens, excluded.max_output_tokens, true)
    """
)
