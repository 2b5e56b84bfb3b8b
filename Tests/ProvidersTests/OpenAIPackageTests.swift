import Foundation
import Support
import Testing

/// The stand-in is worth something only if it speaks as OpenAI does. OpenAI's own Python package is the judge.
@Suite(.timeLimit(.minutes(2))) struct OpenAIPackageTests {
    /// `HUB_TEST_PYTHON` names a Python that has the package `openai`; else it is `python3` of the search path.
    private static let python = ProcessInfo.processInfo.environment["HUB_TEST_PYTHON"] ?? "python3"

    @Test func `satisfies the official client`() async throws {
        let standin = try await RunningStandin.shared
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "OpenAIPackage/converse.py")

        let (exit, output, errors) = try await Program.run(
            Self.python,
            [script.path()],
            environment: ["OPENAI_BASE_URL": "\(standin.url)/v1", "OPENAI_API_KEY": RunningStandin.key]
        )

        #expect(exit == .code(0), "\((output + errors).joined(separator: "\n"))")
        #expect(output.count == 12)
    }
}
