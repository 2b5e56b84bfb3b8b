import Foundation

/// A program that runs beside the test; it ends when the test's process does, however that ends.
package final class Program: Sendable {
    /// How a program ended.
    package enum Exit: Sendable, Equatable {
        /// It returned this code.
        case code(Int32)
        /// This signal ended it.
        case signal(Int32)
    }

    /// What a program reads from standard input.
    package enum Input: Sendable {
        /// Nothing.
        case none
        /// A short text, at most 32 KiB.
        case text(String)
    }

    /// Why a program could not be started.
    package struct LaunchError: Error, CustomStringConvertible {
        /// What is wrong with which program.
        package let description: String
    }

    struct Record: Sendable {
        /// Most lines kept of each output, the newest ones.
        private static let lineLimit = 50_000

        private(set) var output: [String] = []
        private(set) var errors: [String] = []
        var exit: Exit?

        mutating func add(output: [String], errors: [String]) {
            self.output += output
            self.errors += errors
            self.output.removeFirst(max(0, self.output.count - Self.lineLimit))
            self.errors.removeFirst(max(0, self.errors.count - Self.lineLimit))
        }
    }

    /// The number of the process.
    package let processID: Int32
    private let name: String
    private let record: Watched<Record>

    /// Starts an executable file.
    ///
    /// - Parameters:
    ///   - executable: its path, or its name if it lies in the search path.
    ///   - arguments: without the program's own name.
    ///   - environment: set in addition to, or in place of, the test's own; nil takes a variable away.
    ///   - input: what it reads from standard input.
    ///   - deathSignal: sent to it when the test's process ends.
    ///   - user: whom it runs as, if not as the test does.
    /// - Throws: `LaunchError` when it cannot be started; a file that is missing ends with code 127 instead.
    package init(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String?] = [:],
        input: Input = .none,
        deathSignal: DeathSignal = .kill,
        user: SystemUser? = nil
    ) async throws {
        var words = ["setpriv", "--pdeathsig", deathSignal.rawValue]
        if let user { words += ["--reuid", "\(user.uid)", "--regid", "\(user.gid)", "--clear-groups"] }
        let launch = Launch(
            words: words + ["--", executable] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment.compactMapValues(\.self)) { $1 }
                .filter { environment[$0.key] != .some(nil) },
            input: input
        )
        let record = Watched(Record())
        self.name = executable
        self.record = record
        self.processID = try await withCheckedThrowingContinuation { continuation in
            // The thread lives as long as the program: the kernel sends the death signal when the thread ends.
            Thread.detachNewThread { launch.run(into: record) { continuation.resume(with: $0) } }
        }
    }

    deinit {
        self.send(SIGKILL)
    }

    /// Lines written to standard output so far.
    package var output: [String] { self.record.state.output }

    /// Lines written to standard error so far.
    package var errors: [String] { self.record.state.errors }

    /// Waits for a line, of either output, that holds the text; lines written before count.
    package func line(holding text: String, within limit: Duration = .seconds(20)) async throws -> String {
        let what = "'\(text)' from \(self.name)"
        let found = try await self.record.wait(within: limit, for: what) { record -> Result<String, LaunchError>? in
            if let line = (record.output + record.errors).first(where: { $0.contains(text) }) { return .success(line) }
            return record.exit.map { .failure(self.ended($0, record)) }
        }
        return try found.get()
    }

    /// Asks the program to end (SIGTERM).
    package func terminate() {
        self.send(SIGTERM)
    }

    /// Ends the program at once (SIGKILL).
    package func kill() {
        self.send(SIGKILL)
    }

    /// Sends a signal, unless the program has ended.
    package func send(_ signal: Int32) {
        guard self.record.state.exit == nil else { return }
        Glibc.kill(self.processID, signal)
    }

    /// Waits for the end of the program; everything it wrote is recorded then.
    @discardableResult
    package func exit(within limit: Duration = .seconds(20)) async throws -> Exit {
        try await self.record.wait(within: limit, for: "the end of \(self.name)") { $0.exit }
    }

    private func ended(_ exit: Exit, _ record: Record) -> LaunchError {
        let last = (record.output + record.errors).suffix(20).joined(separator: "\n")
        return LaunchError(description: "\(self.name) ended with \(exit) before that:\n\(last)")
    }
}

extension Program {
    /// Runs a program to its end.
    package static func run(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String?] = [:],
        input: Input = .none,
        user: SystemUser? = nil,
        within limit: Duration = .seconds(60)
    ) async throws -> (exit: Exit, output: [String], errors: [String]) {
        let program = try await Program(executable, arguments, environment: environment, input: input, user: user)
        do {
            let exit = try await program.exit(within: limit)
            return (exit, program.output, program.errors)
        } catch {
            program.kill()
            throw error
        }
    }

    /// The path of a program of this package, built beside the tests.
    package static func built(_ name: String) throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(filePath: tests).deletingLastPathComponent().appending(path: name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw LaunchError(description: "\(name) is not built; run the tests after a whole build")
        }
        return path
    }
}

/// The signal that reaches a program when the test's process ends.
package enum DeathSignal: String, Sendable {
    /// Ends it at once.
    case kill = "KILL"
    /// Lets Postgres end its own children at once.
    case quit = "QUIT"
    /// Lets it end in order.
    case terminate = "TERM"
}
