import ArgumentParser
import Contract
import RPC
import SwiftProtobuf

struct SignUp: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Make an account.",
        discussion: "Asks for the password, twice, or takes it from standard input or from $HUB_PASSWORD."
    )

    @Option(help: "E-mail address of the account. Without it you are asked.")
    var email: String?

    @OptionGroup
    var options: GlobalOptions

    func run(in shell: Shell) async throws {
        let request = try RegisterRequest.with {
            $0.email = try self.email ?? shell.ask("E-mail", option: "--email")
            $0.password = try shell.newPassword()
        }
        try await Connection.open(self.options, in: shell) { hub in
            try await hub.answer(IdentityCommands.register, request, signedIn: false)
        }
    }
}
