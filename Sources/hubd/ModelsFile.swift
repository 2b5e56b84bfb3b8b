import Credits
import Foundation
import Inference
import Settings

/// The models that an operator offers, as they stand in a JSON file.
struct ModelsFile: Decodable {
    struct Entry: Decodable {
        let model: String
        let provider: String
        let upstreamName: String
        /// Credits for a million tokens, as decimal strings.
        let inputPrice: String
        let outputPrice: String
        let contextTokens: Int
        let maxOutputTokens: Int
    }

    let models: [Entry]

    /// - Throws: `SettingsError` naming the file and what is wrong in it.
    static func read(_ path: String) throws -> [PricedModel] {
        guard let text = FileManager.default.contents(atPath: path) else {
            throw SettingsError("models.file: \(path) cannot be read.")
        }
        do {
            return try JSONDecoder().decode(ModelsFile.self, from: text).models.map { try $0.priced(path) }
        } catch let error as DecodingError {
            throw SettingsError("models.file: \(path) is not as expected: \(error).")
        }
    }
}

extension ModelsFile.Entry {
    /// What the contract has room for.
    private static let limits = 1...Int(Int32.max)

    fileprivate func priced(_ path: String) throws(SettingsError) -> PricedModel {
        guard
            let input = CreditAmount(self.inputPrice), let output = CreditAmount(self.outputPrice),
            input >= .zero, output >= .zero,
            Self.limits.contains(self.contextTokens), Self.limits.contains(self.maxOutputTokens)
        else {
            throw SettingsError(
                "models.file: the prices or limits of \(self.model) in \(path) are not numbers in range."
            )
        }
        return PricedModel(
            modelID: self.model,
            provider: self.provider,
            upstreamName: self.upstreamName,
            price: TokenPrice(input: input, output: output),
            contextTokens: self.contextTokens,
            maxOutputTokens: self.maxOutputTokens
        )
    }
}
