/// The bounds a client keeps.
package struct ClientConfiguration: Sendable {
    /// Makes a configuration of defaults.
    package init() {}
}
