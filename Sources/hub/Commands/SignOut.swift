import ArgumentParser
import Contract
import RPC

struct SignOut: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Sign out, here and on the server.",
        discussion: "The tokens are removed from this machine even if the server cannot be reached."
    )

    @OptionGroup
    var options: GlobalOptions

    func run(in shell: Shell) async throws {
        try await Connection.open(self.options, in: shell) { hub in
            _ = try hub.session()
            do {
                _ = try await hub.call(IdentityCommands.logout, LogoutRequest())
            } catch let call as FailedCall where call.status.code == .unauthenticated {
                // the session had ended already
            } catch {
                try await hub.sessions.locked { try hub.sessions.remove() }
                throw error
            }
            try await hub.sessions.locked { try hub.sessions.remove() }
            try shell.errors.write("Signed out.\n")
        }
    }
}
