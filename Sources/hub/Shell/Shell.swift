import FoundationEssentials
import Glibc

/// What surrounds a run of the program: its streams, its environment, its clock.
struct Shell: Sendable {
    let input: Input
    let output: Output
    let errors: Output
    let environment: [String: String]
    let interrupts: Interrupts
    /// The time of day, to tell whether a token has expired.
    let now: @Sendable () -> Date

    /// The surroundings of this process.
    static var process: Shell {
        Shell(
            input: Input(descriptor: STDIN_FILENO),
            output: Output(descriptor: STDOUT_FILENO),
            errors: Output(descriptor: STDERR_FILENO),
            environment: ProcessInfo.processInfo.environment,
            interrupts: Interrupts(),
            now: { Date() }
        )
    }

    /// A variable of the environment; one that is set to nothing counts as unset.
    func variable(_ name: String) -> String? {
        self.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Asks a person for a line.
    ///
    /// - Throws: `Failure` when nobody is there to ask; it says that `option` would have answered.
    func ask(_ question: String, option: String) throws -> String {
        guard self.input.isTerminal else { throw Failure(.usage, "Missing \(option).") }
        try self.errors.write("\(question): ")
        return try self.answer(self.input.line(), to: question)
    }

    /// A password or a token. Never an argument of the command line, where other users of the machine could read it: it
    /// comes from the environment (`HUB_PASSWORD` for the field `password`), from a terminal without echo, or from a line
    /// of standard input.
    func secret(_ field: String) throws -> String {
        let name = field.prefix(1).uppercased() + field.dropFirst().replacing("_", with: " ")
        return try self.variable("HUB_\(field.uppercased())") ?? self.hiddenAnswer(name)
    }

    /// A password that a person chooses; on a terminal it is asked for twice.
    func newPassword() throws -> String {
        let password = try self.secret("password")
        guard self.input.isTerminal, self.variable("HUB_PASSWORD") == nil else { return password }
        guard try self.hiddenAnswer("Password, again") == password else {
            throw Failure(.usage, "The passwords are not the same.")
        }
        return password
    }

    private func hiddenAnswer(_ question: String) throws -> String {
        guard self.input.isTerminal else { return try self.answer(self.input.line(), to: question) }
        let echo = try Echo(of: self.input)
        let line = try self.interrupts.during {
            echo.turnOff()
            defer { echo.restore() }
            try self.errors.write("\(question): ")
            return try self.input.line()
        } action: {
            echo.restore()
            _exit(ExitStatus.cancelled.rawValue)
        }
        return try self.answer(line, to: question)
    }

    private func answer(_ line: String?, to question: String) throws -> String {
        guard let line, !line.isEmpty else { throw Failure(.usage, "\(question): nothing was given.") }
        return line
    }
}

/// - Throws: `Failure` when an argument without which a request makes no sense is missing.
func require(_ value: String, _ argument: String) throws {
    guard value.isEmpty else { return }
    throw Failure(.usage, "Missing argument '<\(argument)>'.")
}
