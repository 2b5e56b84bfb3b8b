import ArgumentParser
import Glibc

/// The command line of the hub. It speaks only RPC.
@main
struct Hub: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "One account, one prepaid balance, many AI models.",
        discussion: """
            Every method of the contract is a command, grouped by context. The everyday commands are short ways to \
            what is needed most.

            \(ExitStatus.summary)
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Everyday",
                subcommands: [
                    SignUp.self, SignIn.self, SignOut.self, ChatWithModel.self, ShowBalance.self, ShowHistory.self,
                    ShowModels.self, AdjustInBulk.self, PrintCompletion.self,
                ]
            ),
            CommandGroup(name: "Contract", subcommands: generatedGroups),
        ]
    )

    @OptionGroup
    var options: GlobalOptions

    static func main() async {
        signal(SIGPIPE, SIG_IGN)  // a closed pipe is an error of the write that meets it
        let shell = Shell.process
        let arguments = Array(CommandLine.arguments.dropFirst())
        Glibc.exit(await shell.interrupts.listening { await Self.run(arguments, in: shell) })
    }

    /// Runs the command that `arguments` name, without the program's own name.
    ///
    /// - Returns: the exit status of the program; see `ExitStatus`.
    static func run(_ arguments: [String], in shell: Shell) async -> Int32 {
        do {
            var command = try Self.parseAsRoot(arguments)
            if let command = command as? any HubCommand {
                try await command.run(in: shell)
            } else {
                try command.run()  // a group: shows its help
            }
            return ExitStatus.success.rawValue
        } catch {
            return Failure(error).report(to: shell).rawValue
        }
    }
}

/// A command that does something, unlike a group.
protocol HubCommand: ParsableCommand, Sendable {
    /// Does what the command says, reading and writing through `shell` only.
    func run(in shell: Shell) async throws
}
