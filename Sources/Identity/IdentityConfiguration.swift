/// What the owner of a hub may choose about accounts and sessions.
package struct IdentityConfiguration: Sendable {
    /// The secret outside the database.
    package var masterKey: MasterKey
    /// `iss` of access tokens.
    package var issuer = "smart-ai-hub"
    /// `aud` of access tokens for the hub's own API.
    package var audience = "smart-ai-hub-api"
    /// Life of an access token, in whole seconds.
    package var accessTokenLifetime: Duration = .seconds(15 * 60)
    /// Life of a session however often it is refreshed, in whole seconds.
    package var sessionLifetime: Duration = .seconds(7 * 24 * 3_600)
    /// How often a password may be wrong in one window, counted per submitted address and again per client.
    package var signInFailures = 5
    /// Length of that window.
    package var signInWindow: Duration = .seconds(15 * 60)

    /// The defaults.
    package init(masterKey: MasterKey) {
        self.masterKey = masterKey
    }
}
