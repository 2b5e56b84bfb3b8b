import Foundation
import RPC
import Synchronization

@testable import hub

/// A place to run the program in: a home of its own, a clock that a test sets, and streams that are kept.
final class Desk: Sendable {
    /// What a run left behind.
    struct Outcome {
        let status: ExitStatus?
        let output: String
        let errors: String
    }

    let home = FileManager.default.temporaryDirectory.appending(path: "hub-\(UUID().uuidString)").path
    let interrupts = Interrupts()
    private let variables = Mutex<[String: String]>([:])
    private let kept = Mutex<[any Stream]>([])
    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))

    init(server: ServerAddress? = nil) {
        self["HUB_SERVER"] = server?.description
        self["XDG_CONFIG_HOME"] = self.home
    }

    deinit {
        try? FileManager.default.removeItem(atPath: self.home)
    }

    /// A variable of the environment.
    subscript(_ name: String) -> String? {
        get { self.variables.withLock { $0[name] } }
        set { self.variables.withLock { $0[name] = newValue } }
    }

    var now: Date { self.time.withLock { $0 } }

    /// Lets seconds pass.
    func advance(by seconds: TimeInterval) {
        self.time.withLock { $0 += seconds }
    }

    /// Surroundings with these streams, which stay open as long as the desk; and it as long as the surroundings.
    func shell(input: some Stream, output: some Stream, errors: some Stream) -> Shell {
        self.kept.withLock { $0 += [input, output, errors] }
        return Shell(
            input: input.input,
            output: output.output,
            errors: errors.output,
            environment: self.variables.withLock { $0 },
            interrupts: self.interrupts,
            now: { self.now }
        )
    }

    /// Surroundings in which this text can be read and output is lost.
    func shell(reading text: String = "") throws -> Shell {
        let lost = try Scratch()
        return self.shell(input: try Scratch(text), output: lost, errors: lost)
    }

    /// Runs the program.
    func run(_ arguments: String..., input text: String = "") async throws -> Outcome {
        let (output, errors) = (try Scratch(), try Scratch())
        let shell = self.shell(input: try Scratch(text), output: output, errors: errors)
        let status = await Hub.run(arguments, in: shell)
        return Outcome(status: ExitStatus(rawValue: status), output: try output.text(), errors: try errors.text())
    }

    /// Signs in as `ada@example.org`.
    func signIn() async throws -> Outcome {
        try await self.run("login", "--email", "ada@example.org", input: "correct horse\n")
    }
}
