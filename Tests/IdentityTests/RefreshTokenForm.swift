import Foundation

@testable import Identity

/// What an attacker can do who knows the form of refresh tokens but no key.
enum RefreshTokenForm {
    static func session(of text: String) -> UUID? {
        RefreshToken(text)?.sessionID
    }

    static func text(session: UUID, counter: Int64, key: [UInt8]) -> String {
        RefreshToken(sessionID: session, counter: counter, key: key).text
    }
}
