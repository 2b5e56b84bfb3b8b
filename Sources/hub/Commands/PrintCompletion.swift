import ArgumentParser

struct PrintCompletion: HubCommand {
    enum ShellName: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a script that completes this program's commands.",
        discussion: "For bash: source <(hub completion bash)"
    )

    @Argument(help: "The shell to complete for.")
    var name: ShellName

    func run(in shell: Shell) async throws {
        let kind: CompletionShell =
            switch self.name {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        try shell.output.write(Hub.completionScript(for: kind) + "\n")
    }
}
