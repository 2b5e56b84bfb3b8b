import Cryptography
import Foundation
import Kernel
import Postgres

/// A session as it is stored.
struct StoredSession: Sendable {
    let id: UUID
    let userID: UUID
    let sealedKey: [UInt8]
    let counter: Int64
    /// Whether the last refresh was at most 10 s ago, by the database's clock.
    let wasJustRotated: Bool
    /// Whether it was neither ended nor is too old.
    let isLive: Bool

    /// Opens the key that makes the session's refresh tokens.
    func key(_ sealing: SealingKey) throws -> [UInt8] {
        try sealing.open(self.sealedKey, context: Self.context(self.id))
    }

    /// A sealed key opens only as the key of its session.
    static func context(_ id: UUID) -> [UInt8] { Array("session:\(id.text)".utf8) }
}

/// Why a session ended, as stored.
enum SessionEnd: String {
    case logout
    case reuse
}

extension Transaction {
    /// Opens a session.
    ///
    /// - Returns: Its first refresh token.
    borrowing func openSession(
        of userID: UUID,
        from client: ClientAddress,
        lifetime: Duration,
        sealing: SealingKey
    ) throws -> RefreshToken {
        let id = UUID.v7()
        let key = Randomness.bytes(32)
        let sealed = try sealing.seal(key, context: StoredSession.context(id))
        try self.run(
            insertSession,
            [.uuid(id), .uuid(userID), .bytes(sealed), .int(lifetime.components.seconds), .text(client.text)]
        )
        try self.note("session.opened", session: id, of: userID, ["client_address": client.text])
        return RefreshToken(sessionID: id, counter: 0, key: key)
    }

    /// Reads a session; `nil` if there is none of that id.
    borrowing func session(_ id: UUID) throws -> StoredSession? {
        try self.first(selectSession, [.uuid(id)]) { row in
            StoredSession(
                id: id,
                userID: try row.uuid(0),
                sealedKey: try row.bytes(1),
                counter: try row.int(2),
                wasJustRotated: try row.bool(3),
                isLive: try row.bool(4)
            )
        }
    }

    /// Counts one refresh, if the session lives and stands at `counter`, and locks it.
    borrowing func rotate(_ session: StoredSession, from counter: Int64) throws -> Bool {
        guard try self.run(rotateSession, [.uuid(session.id), .int(counter)]) == 1 else { return false }
        try self.note("session.refreshed", session: session.id, of: session.userID)
        return true
    }

    /// Ends a session that lives.
    borrowing func endSession(_ id: UUID, of userID: UUID, _ reason: SessionEnd, requestID: String? = nil) throws {
        guard try self.run(markEnded, [.uuid(id), .text(reason.rawValue)]) == 1 else { return }
        try self.note("session.ended", session: id, of: userID, ["reason": reason.rawValue], requestID: requestID)
    }

    /// The session's row is new or locked, so its stream of the journal is ours.
    private borrowing func note(
        _ kind: String,
        session id: UUID,
        of userID: UUID,
        _ facts: [String: String] = [:],
        requestID: String? = nil
    ) throws {
        try Journal.append(
            self,
            stream: "session:\(id.text)",
            kind: kind,
            actor: userID,
            requestID: requestID,
            payload: JournalFacts.of(facts)
        )
    }
}

private let insertSession = Statement(
    """
    INSERT INTO session (id, user_id, sealed_key, expires_at, client_address)
    VALUES ($1::uuid, $2::uuid, $3, clock_timestamp() + make_interval(secs => $4::bigint), $5)
    """
)

private let selectSession = Statement(
    """
    SELECT user_id, sealed_key, counter, clock_timestamp() <= rotated_at + interval '10 s',
           ended_at IS NULL AND expires_at > clock_timestamp()
    FROM session WHERE id = $1::uuid
    """
)

private let rotateSession = Statement(
    """
    UPDATE session SET counter = counter + 1, rotated_at = clock_timestamp()
    WHERE id = $1::uuid AND counter = $2::bigint AND ended_at IS NULL AND expires_at > clock_timestamp()
    """
)

private let markEnded = Statement(
    "UPDATE session SET ended_at = clock_timestamp(), end_reason = $2 WHERE id = $1::uuid AND ended_at IS NULL"
)
