import ArgumentParser
import Contract
import RPC
import SwiftProtobuf

struct SignIn: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Sign in, and stay signed in on this machine.",
        discussion: """
            Asks for the password, or takes it from standard input or from $HUB_PASSWORD. The tokens are kept in \
            hub/session.json in $XDG_CONFIG_HOME or ~/.config, which only you can read, and renewed when they expire.
            """
    )

    @Option(help: "E-mail address of the account. Without it you are asked.")
    var email: String?

    @OptionGroup
    var options: GlobalOptions

    func run(in shell: Shell) async throws {
        let email = try self.email ?? shell.ask("E-mail", option: "--email")
        let password = try shell.secret("password")
        try await Connection.open(self.options, in: shell) { hub in
            let request = LoginRequest.with {
                $0.email = email
                $0.password = password
            }
            let tokens = try await hub.call(IdentityCommands.login, request, signedIn: false)
            let session = Session(
                server: hub.server,
                encryption: hub.encryption,
                email: email,
                tokens: tokens,
                at: shell.now()
            )
            try await hub.sessions.locked { try hub.sessions.save(session) }
            try shell.errors.write("Signed in on \(hub.server) as \(email.printable).\n")
        }
    }
}
