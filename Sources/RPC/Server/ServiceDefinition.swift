/// A service as the server offers it: its name and what serves its methods.
package struct ServiceDefinition: Sendable {
    let name: String
    let methods: [MethodHandler]

    /// Defines a service by its full name, such as `hub.credits.v1.CreditCommands`.
    package init(name: String, methods: [MethodHandler]) {
        self.name = name
        self.methods = methods
    }
}
