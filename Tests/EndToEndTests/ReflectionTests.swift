import Contract
import Foundation
import RPC
import Support
import Testing

/// A program that was built without the contract can use the hub.
@Suite(.timeLimit(.minutes(2))) struct ReflectionTests {
    /// `HUB_TEST_PYTHON` names a Python that has the package `protobuf`; else it is `python3` of the search path.
    private static let python = ProcessInfo.processInfo.environment["HUB_TEST_PYTHON"] ?? "python3"

    @Test func `a generic client learns the contract, signs in and reads the balance`() async throws {
        let hub = try await RunningHub.shared()
        let person = try await Person.signedIn(hub, owning: "12.5")
        let script = "\(Checkout.checkout)/Tests/EndToEndTests/GenericClient/converse.py"

        let (exit, output, errors) = try await Program.run(
            Self.python,
            [script, hub.rpc],
            environment: [
                "HUB_TOKEN": person.tokens.accessToken, "HUB_EMAIL": person.email, "HUB_PASSWORD": person.password,
            ]
        )

        #expect(exit == .code(0), "\((output + errors).joined(separator: "\n"))")
        let services = Set(ContractMethods.all.map(\.method.service)).sorted().joined(separator: " ")
        #expect(
            output == [
                "services: \(services)",
                "errors: NOT_FOUND",
                "balance: 12.5",
                "health: SERVING",
                "without a token: 16",
                "reflection without a token: 16",
            ]
        )
    }
}
