import Contract
import FoundationEssentials

/// Who is signed in where, and the tokens that prove it.
struct Session: Codable, Sendable, Equatable {
    /// Time before its end at which an access token counts as expired: a call takes time to arrive.
    static let margin: TimeInterval = 30

    /// Address of the server that gave the tokens. They are shown to no other.
    let server: String
    let email: String
    /// How they were got, and how they are shown; nil without TLS.
    let encryption: Encryption?
    var accessToken: String
    var refreshToken: String
    var accessTokenExpires: Date

    init(server: ServerAddress, encryption: Encryption? = nil, email: String, tokens: TokenPair, at now: Date) {
        self.encryption = encryption
        self.server = server.description
        self.email = email
        self.accessToken = tokens.accessToken
        self.refreshToken = tokens.refreshToken
        self.accessTokenExpires = now.addingTimeInterval(TimeInterval(tokens.expiresIn))
    }

    /// Whether the access token may be refused by the time it arrives.
    func needsRefresh(at now: Date) -> Bool {
        self.accessTokenExpires < now.addingTimeInterval(Self.margin)
    }

    /// The same session with its next tokens.
    func renewed(by tokens: TokenPair, at now: Date) -> Session {
        var session = self
        session.accessToken = tokens.accessToken
        session.refreshToken = tokens.refreshToken
        session.accessTokenExpires = now.addingTimeInterval(TimeInterval(tokens.expiresIn))
        return session
    }
}
