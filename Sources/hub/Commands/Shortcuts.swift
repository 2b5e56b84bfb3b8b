import ArgumentParser

/// A short name for a command of a method, with the same options.
protocol Shortcut: HubCommand {
    associatedtype Command: HubCommand

    var command: Command { get }
}

extension Shortcut {
    func run(in shell: Shell) async throws {
        try await self.command.run(in: shell)
    }
}

struct ShowBalance: Shortcut {
    static let configuration = CommandConfiguration(
        commandName: "balance",
        abstract: "Show your credits: owned, held, available."
    )

    @OptionGroup
    var command: CreditsGroup.GetBalance
}

struct ShowHistory: Shortcut {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show how your credits moved, newest first."
    )

    @OptionGroup
    var command: CreditsGroup.ListTransactions
}

struct ShowModels: Shortcut {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Show the models that can be called, and what they cost."
    )

    @OptionGroup
    var command: InferenceGroup.ListModels
}
