import Credits
import Foundation
import Inference
import Settings
import Support
import Testing

@testable import hubd

@Suite struct ModelsFileTests {
    /// An entry of the file, with some of its values replaced.
    private func entry(_ changes: [String: Any] = [:]) throws -> String {
        let good: [String: Any] = [
            "model": "small", "provider": "openai", "upstreamName": "small-1", "inputPrice": "0.15",
            "outputPrice": "0.6", "contextTokens": 128_000, "maxOutputTokens": 16_000,
        ]
        let entry = good.merging(changes) { $1 }.filter { !($0.value is NSNull) }
        return String(decoding: try JSONSerialization.data(withJSONObject: ["models": [entry]]), as: UTF8.self)
    }

    private func file(_ text: String) throws -> String {
        let path = try ScratchFolder.make("models") + "/models.json"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    private func refusal(of path: String) -> String? {
        #expect(throws: SettingsError.self) { try ModelsFile.read(path) }?.description
    }

    @Test func `models are read with exact prices`() throws {
        let models = try ModelsFile.read(try self.file(try self.entry()))

        #expect(models.map(\.modelID) == ["small"])
        #expect(models.map(\.provider) == ["openai"])
        #expect(models.map(\.upstreamName) == ["small-1"])
        #expect(models.map(\.price.input.micro) == [150_000])
        #expect(models.map(\.price.output.micro) == [600_000])
        #expect(models.map(\.contextTokens) == [128_000])
        #expect(models.map(\.maxOutputTokens) == [16_000])
    }

    /// A value of an entry that cannot be.
    struct Wrong: Sendable {
        let key: String
        let value: any Sendable
    }

    @Test(arguments: [
        Wrong(key: "inputPrice", value: "-0.1"), Wrong(key: "inputPrice", value: "0.0000001"),
        Wrong(key: "outputPrice", value: "1e3"), Wrong(key: "outputPrice", value: ""),
        Wrong(key: "contextTokens", value: 0), Wrong(key: "contextTokens", value: 2_147_483_648),
        Wrong(key: "maxOutputTokens", value: -1), Wrong(key: "maxOutputTokens", value: 2_147_483_648),
    ])
    func `a price or limit that cannot be is refused with file and model`(wrong: Wrong) throws {
        let path = try self.file(try self.entry([wrong.key: wrong.value]))

        let message = self.refusal(of: path)

        #expect(message?.hasPrefix("models.file: the prices or limits of small in \(path)") == true)
    }

    @Test(arguments: [
        Wrong(key: "inputPrice", value: 0.15), Wrong(key: "contextTokens", value: "1"),
        Wrong(key: "outputPrice", value: NSNull()), Wrong(key: "upstreamName", value: NSNull()),
    ])
    func `a value of the wrong kind or none is refused with file and key`(wrong: Wrong) throws {
        let path = try self.file(try self.entry([wrong.key: wrong.value]))

        let message = self.refusal(of: path)

        #expect(message?.hasPrefix("models.file: \(path) is not as expected: ") == true)
        #expect(message?.contains(wrong.key) == true)
    }

    @Test(arguments: ["", "{", "[]", "{}"])
    func `what is not a list of models is refused in one line`(text: String) throws {
        let path = try self.file(text)

        let message = self.refusal(of: path)

        #expect(message?.hasPrefix("models.file: \(path) is not as expected: ") == true)
        #expect(message?.contains("\n") == false)
    }

    @Test func `a file that is missing is named`() {
        #expect(self.refusal(of: "/nowhere/models.json") == "models.file: /nowhere/models.json cannot be read.")
    }
}
