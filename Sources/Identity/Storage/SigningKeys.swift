import Cryptography
import Foundation
import Logging
import Postgres
import RPC
import Synchronization

/// The keys that sign and verify access tokens, as read at some moment.
struct KeyRing: Sendable {
    let signingID: String
    let signingKey: ES256SigningKey
    /// By identifier, the signing one included.
    let publicKeys: [String: ES256PublicKey]
    let readAt: ContinuousClock.Instant
}

/// The key ring of all nodes. It lives in the database, its private halves sealed; the first node makes the first key.
final class SigningKeys: Sendable {
    private let database: Database
    private let sealing: SealingKey
    private let logger: Logger
    private let last = Mutex<KeyRing?>(nil)

    init(database: Database, sealing: SealingKey, logger: Logger) {
        self.database = database
        self.sealing = sealing
        self.logger = logger
    }

    /// The ring as it was at most `age` ago.
    func ring(notOlderThan age: Duration = .seconds(60)) async throws -> KeyRing {
        if let ring = self.last.withLock({ $0 }), ring.readAt.duration(to: .now) <= age { return ring }
        let readAt = ContinuousClock.now
        var rows = try await self.rows()
        if !rows.contains(where: \.isSigning) {
            try await self.makeKey()
            rows = try await self.rows()
        }
        let ring = try self.open(rows, readAt: readAt)
        self.last.withLock { $0 = ring }
        return ring
    }

    private func rows() async throws -> [Row] {
        try await self.database.rows(selectKeys, [.text(ES256.algorithm)]) { row in
            Row(
                id: try row.text(0),
                publicKey: try row.bytes(1),
                sealedPrivateKey: try row.bytes(2),
                isSigning: try row.bool(3)
            )
        }
    }

    /// Several nodes may try; the unique index lets one win.
    private func makeKey() async throws {
        let key = try ES256SigningKey()
        let id = Base64URL.encode(Randomness.bytes(12))
        let sealed = try self.sealing.seal(key.der, context: Self.context(id))
        let made = try await self.database.run(
            insertKey,
            [.text(id), .text(ES256.algorithm), .bytes(try key.publicKey.der), .bytes(sealed)]
        )
        if made == 1 { self.logger.notice("made a signing key", metadata: ["kid": "\(id)"]) }
    }

    private func open(_ rows: [Row], readAt: ContinuousClock.Instant) throws -> KeyRing {
        guard let row = rows.first(where: \.isSigning) else {
            throw Status(.internal, "There is no key to sign tokens with.")
        }
        let der = try self.sealing.open(row.sealedPrivateKey, context: Self.context(row.id))
        let publicKeys = try rows.map { ($0.id, try ES256PublicKey(der: $0.publicKey)) }
        return KeyRing(
            signingID: row.id,
            signingKey: try ES256SigningKey(der: der),
            publicKeys: Dictionary(uniqueKeysWithValues: publicKeys),
            readAt: readAt
        )
    }

    /// A sealed key opens only as the key of its row.
    private static func context(_ id: String) -> [UInt8] { Array("signing-key:\(id)".utf8) }

    private struct Row {
        let id: String
        let publicKey: [UInt8]
        let sealedPrivateKey: [UInt8]
        let isSigning: Bool
    }
}

/// A retired key is gone at once: who retires one because it leaked must not wait for its tokens to run out.
private let selectKeys = Statement(
    """
    SELECT id, public_key, sealed_private_key, retired_at IS NULL
    FROM signing_key
    WHERE algorithm = $1 AND (retired_at IS NULL OR retired_at > clock_timestamp())
    """
)

private let insertKey = Statement(
    """
    INSERT INTO signing_key (id, algorithm, public_key, sealed_private_key) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING
    """
)
