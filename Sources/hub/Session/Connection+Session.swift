import Contract
import RPC
import SwiftProtobuf

extension Connection {
    /// The access token to call with. One that has expired is renewed first, by one process at a time: a refresh token
    /// that is used twice ends the session.
    ///
    /// - Throws: `Failure` when nobody is signed in on this server.
    func accessToken() async throws -> String {
        let session = try self.session()
        guard session.needsRefresh(at: self.shell.now()) else { return session.accessToken }
        return try await self.sessions.locked {
            let session = try self.session()  // another process may have renewed it meanwhile
            guard session.needsRefresh(at: self.shell.now()) else { return session.accessToken }
            let tokens = try await self.call(
                IdentityCommands.refresh,
                .with { $0.refreshToken = session.refreshToken },
                signedIn: false
            )
            try self.sessions.save(session.renewed(by: tokens, at: self.shell.now()))
            return tokens.accessToken
        }
    }

    /// The session on this server.
    ///
    /// - Throws: `Failure` when nobody is signed in on it.
    func session() throws -> Session {
        guard let session = try self.sessions.load() else {
            throw Failure(.unauthenticated, "You are not signed in.", "Run `hub login`.")
        }
        guard session.server == self.server.description else {
            throw Failure(
                .unauthenticated,
                "You are signed in on \(session.server), not on \(self.server).",
                "Run `hub login --server \(self.server)`."
            )
        }
        return session
    }
}
