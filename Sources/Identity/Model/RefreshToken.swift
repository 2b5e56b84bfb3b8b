import Cryptography
import Foundation

/// The long-lived half of a token pair. It is computed from its session, so no token is stored anywhere.
///
/// Form: version (1 byte), session (16), counter (8), the first half of an HMAC-SHA-256 under the session's key (16),
/// checksum (4), as unpadded base64url. The checksum sheds junk before the database is asked.
struct RefreshToken: Sendable, Equatable {
    private static let version: UInt8 = 1
    private static let codeLength = 16
    private static let checksumLength = 4
    private static let contentLength = 25

    let sessionID: UUID
    /// How many times the session was refreshed before.
    let counter: Int64
    private let code: [UInt8]

    /// The token of a session at a count.
    init(sessionID: UUID, counter: Int64, key: [UInt8]) {
        self.sessionID = sessionID
        self.counter = counter
        self.code = Self.code(for: Self.content(sessionID, counter), key)
    }

    /// Reads what somebody presented; `nil` if it has not the form. Nothing in it is true before ``isAuthentic(_:)``.
    init?(_ text: String) {
        let length = Self.contentLength + Self.codeLength + Self.checksumLength
        guard text.utf8.count <= 2 * length, let bytes = Base64URL.decode(text), bytes.count == length else {
            return nil
        }
        let body = Array(bytes.dropLast(Self.checksumLength))
        guard bytes[0] == Self.version, Self.checksum(of: body) == Array(bytes.suffix(Self.checksumLength)),
            let counter = Int64(exactly: bytes[17..<25].reduce(0) { $0 << 8 | UInt64($1) })
        else { return nil }
        self.sessionID = bytes[1..<17].withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
        self.counter = counter
        self.code = Array(body.suffix(Self.codeLength))
    }

    /// Whether the session with that key made it.
    func isAuthentic(_ key: [UInt8]) -> Bool {
        constantTimeEquals(self.code, Self.code(for: Self.content(self.sessionID, self.counter), key))
    }

    /// What the client keeps.
    var text: String {
        let body = Self.content(self.sessionID, self.counter) + self.code
        return Base64URL.encode(body + Self.checksum(of: body))
    }

    private static func content(_ sessionID: UUID, _ counter: Int64) -> [UInt8] {
        let session = withUnsafeBytes(of: sessionID.uuid) { Array($0) }
        return [self.version] + session + withUnsafeBytes(of: counter.bigEndian) { Array($0) }
    }

    private static func code(for content: [UInt8], _ key: [UInt8]) -> [UInt8] {
        Array(HMAC.sha256(content, key: key).prefix(self.codeLength))
    }

    private static func checksum(of body: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(body).prefix(self.checksumLength))
    }
}
