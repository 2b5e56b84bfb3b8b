import Foundation
import Support

/// The example client in C, built once by its own Makefile, with the compiler's checks of memory and arithmetic in it.
struct CClient: Sendable {
    private let path: String

    static func built() async throws -> CClient { try await self.once.value }

    private static let once = Task.detached {
        let folder = try ScratchFolder.make("c-client")
        let (exit, output, errors) = try await Program.run(
            "make",
            ["-C", Checkout.checkout + "/tools/examples/c-client", "BUILD=\(folder)"],
            environment: ["CC": "gcc", "CFLAGS": "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"],
            within: .seconds(120)
        )
        guard exit == .code(0) else { throw Missing(description: (output + errors).joined(separator: "\n")) }
        return CClient(path: "\(folder)/c-client")
    }

    /// Starts it with e-mail and password in its environment.
    func start(as person: Person, _ arguments: [String]) async throws -> Program {
        try await Program(
            self.path,
            arguments,
            environment: ["HUB_EMAIL": person.email, "HUB_PASSWORD": person.password]
        )
    }

    /// Runs it to its end. What is nil in `environment` is not set.
    func run(
        _ arguments: [String],
        environment: [String: String?],
        input: Program.Input = .none
    ) async throws -> (exit: Program.Exit, output: String, errors: String) {
        let (exit, output, errors) = try await Program.run(
            self.path,
            arguments,
            environment: environment,
            input: input
        )
        return (exit, output.joined(separator: "\n"), errors.joined(separator: "\n"))
    }

    /// Runs it to its end with e-mail and password in its environment.
    func run(
        as person: Person,
        _ arguments: String...
    ) async throws -> (exit: Program.Exit, output: String, errors: String) {
        try await self.run(arguments, environment: ["HUB_EMAIL": person.email, "HUB_PASSWORD": person.password])
    }
}
