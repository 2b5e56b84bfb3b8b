package import Contract
import Cryptography
import Foundation
import Postgres
package import RPC

extension IdentityService {
    /// Goes on with a session. A token works once; its direct successor is given again for 10 seconds.
    package func refresh(_ request: RefreshRequest, _ call: CallContext) async throws -> TokenPair {
        guard let presented = RefreshToken(request.refreshToken) else { throw Status.invalidRefreshToken }
        let sealing = self.configuration.masterKey.sealing
        let requestID = call.requestID
        // A refusal is returned and not thrown: what it stored must stay.
        let outcome = try await self.database.write { transaction in
            try transaction.exchange(presented, sealing: sealing, requestID: requestID)
        }
        let (successor, userID) = try outcome.get()
        return try await self.pair(successor, for: userID)
    }
}

extension Transaction {
    fileprivate borrowing func exchange(
        _ presented: RefreshToken,
        sealing: SealingKey,
        requestID: String
    ) throws -> Result<(RefreshToken, UUID), Status> {
        guard let session = try self.session(presented.sessionID) else { return .failure(.invalidRefreshToken) }
        let key = try session.key(sealing)
        // Before this nothing may end a session, or whoever knows its id could.
        guard presented.isAuthentic(key) else { return .failure(.invalidRefreshToken) }
        let successor = RefreshToken(sessionID: session.id, counter: presented.counter + 1, key: key)
        if try self.rotate(session, from: presented.counter) { return .success((successor, session.userID)) }

        // Not the newest token: read again what may have changed meanwhile.
        guard let current = try self.session(session.id), current.isLive else { return .failure(.sessionEnded) }
        if current.counter == successor.counter, current.wasJustRotated {
            return .success((successor, session.userID))
        }
        try self.endSession(session.id, of: session.userID, .reuse, requestID: requestID)
        return .failure(.refreshTokenReused)
    }
}
