import NIOPosix
import Testing

@testable import RPC

/// What stops a server from starting.
struct ServerSetupTests {
    private func makeServer(
        _ services: [ServiceDefinition],
        interceptors: @Sendable (MethodDescriptor) throws -> [any ServerInterceptor] = { _ in [] }
    ) throws -> Server {
        try Server(
            services: services,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: .silent,
            interceptors: interceptors
        )
    }

    @Test func `a method served twice`() {
        let definition = EchoHandlers().definition

        #expect(throws: DuplicateMethod.self) { try self.makeServer([definition, definition]) }
    }

    @Test func `a method of another service`() {
        let handler = MethodHandler.unary(EchoService.echo) { request, _ in request }

        #expect(throws: MisplacedMethod.self) {
            try self.makeServer([ServiceDefinition(name: "test.Other", methods: [handler])])
        }
    }

    @Test func `a method for which there are no interceptors`() {
        #expect(throws: SecretError.self) {
            try self.makeServer([EchoHandlers().definition]) { method in
                if method.name == "Fail" { throw SecretError() }
                return []
            }
        }
    }
}
