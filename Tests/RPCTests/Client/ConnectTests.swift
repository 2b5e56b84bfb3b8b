import SwiftProtobuf
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1)))
struct ConnectTests {
    @Test func `one line connects, and the scope closes`() async throws {
        try await RunningServer.with { server in
            var kept: Client?

            let answer = try await withClient(at: server.address.description) { client in
                kept = client
                return try await client.unary(EchoService.echo, .of("hi"))
            }

            #expect(answer == .of("hi"))
            let status = await #expect(throws: Status.self) { try await kept?.unary(EchoService.echo, .of("hi")) }
            #expect(status?.errorInfo?.reason == "CLIENT_CLOSED")
        }
    }

    @Test func `the scope closes also when it is left by an error`() async throws {
        try await RunningServer.with { server in
            var kept: Client?

            await #expect(throws: SecretError.self) {
                try await withClient(at: server.address.description) { client in
                    kept = client
                    throw SecretError()
                }
            }

            let status = await #expect(throws: Status.self) { try await kept?.unary(EchoService.echo, .of("hi")) }
            #expect(status?.errorInfo?.reason == "CLIENT_CLOSED")
        }
    }

    @Test func `several addresses are one server`() async throws {
        try await RunningServer.with { server in
            let client = try Client.connect("127.0.0.1:1", server.address.description)

            let answer = try? await client.unary(EchoService.echo, .of("hi"))

            #expect(answer == .of("hi"))
            await client.close()
        }
    }

    @Test(arguments: ["", "localhost", "localhost:0", "unix:", "localhost:port"])
    func `what is no address is a status that names it`(text: String) throws {
        let status = #expect(throws: Status.self) { try Client.connect(text) }

        #expect(status?.code == .invalidArgument)
        #expect(status?.errorInfo?.metadata["address"] == text)
    }

    @Test func `typed details are found by their type`() {
        let status = Status(
            .invalidArgument,
            "No.",
            reason: "NO",
            details: [BadRequest.with { $0.fieldViolations = [.with { $0.field = "a" }] }]
        )

        #expect(status.detail(BadRequest.self)?.fieldViolations.map(\.field) == ["a"])
        #expect(status.detail(ErrorInfo.self)?.reason == "NO")
        #expect(status.detail(RetryInfo.self) == nil)
    }
}
