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
    /// How often a password may be wrong in one window, counted per submitted address.
    package var signInFailures = 5
    /// How often passwords may be wrong in one window, counted per client network. More than for one address, because
    /// many people sign in from behind one network, some of them at the same moment.
    package var networkFailures = 50
    /// Length of that window.
    package var signInWindow: Duration = .seconds(15 * 60)

    /// The defaults.
    package init(masterKey: MasterKey) {
        self.masterKey = masterKey
    }
}
