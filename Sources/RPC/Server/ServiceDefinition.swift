/// A service as the server offers it: its name and what serves its methods.
package struct ServiceDefinition: Sendable {
    let name: String
    let methods: [MethodHandler]

    /// Defines a service by its full name, such as `hub.credits.v1.CreditCommands`.
    package init(name: String, methods: [MethodHandler]) {
        self.name = name
        self.methods = methods
    }

    /// The methods, all of which belong to this service.
    var checkedMethods: [MethodHandler] {
        get throws(MisplacedMethod) {
            for method in self.methods where method.descriptor.service != self.name {
                throw MisplacedMethod(path: method.descriptor.path, service: self.name)
            }
            return self.methods
        }
    }
}

/// A method is among those of another service.
struct MisplacedMethod: Error, CustomStringConvertible {
    let path: String
    let service: String

    var description: String { "The method \(self.path) does not belong to the service \(self.service)." }
}
