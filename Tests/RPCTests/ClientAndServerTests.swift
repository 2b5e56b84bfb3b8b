import Foundation
import NIOPosix
import Testing

@testable import RPC

/// Client and server together.
@Suite(.timeLimit(.minutes(1)))
struct ClientAndServerTests {
    @Test func `call each other over tcp and over a unix socket`() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString.prefix(8) + ".sock")

        for address in [.tcp(host: "127.0.0.1", port: 0), .unix(path: path.path)] as [Server.Address] {
            try await RunningServer.with(on: address) { server in
                try await server.withClient { client in
                    let answer = try await client.unary(EchoService.echo, .of("hi"))

                    #expect(answer == .of("hi"))
                }
            }
        }
    }

    @Test func `carry many calls at once`() async throws {
        try await RunningServer.with { server in
            try await server.withClient { client in
                try await withThrowingDiscardingTaskGroup { group in
                    for number in 0..<1000 {
                        group.addTask {
                            let answer = try await client.unary(EchoService.echo, .of("\(number)"))
                            #expect(answer == .of("\(number)"))
                        }
                    }
                }
            }
        }
    }

    @Test func `carry messages of megabytes both ways`() async throws {
        try await RunningServer.with { server in
            try await server.withClient { client in
                let message = Ttrpc_KeyValue.of("key", value: String(repeating: "v", count: 4_000_000))

                let answer = try await client.unary(EchoService.echo, message)

                #expect(answer == message)
            }
        }
    }

    @Test func `carry long streams in order`() async throws {
        try await RunningServer.with { server in
            try await server.withClient { client in
                let isInOrder = try await client.serverStreaming(EchoService.count, .of("50000")) { responses in
                    var expected = 0
                    for try await response in responses {
                        guard response.key == "\(expected)" else { return false }
                        expected += 1
                    }
                    return expected == 50_000
                }

                #expect(isInOrder)
            }
        }
    }

    @Test func `carry metadata and statuses with details`() async throws {
        try await RunningServer.with { server in
            try await server.withClient { client in
                let options = CallOptions(metadata: ["Tag": "a", "tag": "b"])

                let answer = try await client.unary(EchoService.metadata, .of("TAG"), options)
                let failure = await #expect(throws: Status.self) {
                    try await client.unary(EchoService.fail, .of("status"))
                }

                #expect(answer.value == "a,b")
                #expect(failure?.errorInfo?.reason == "NOT_NOW")
                #expect(failure?.retryDelay == .milliseconds(5))
            }
        }
    }

    @Test func `a deadline ends the call`() async throws {
        try await RunningServer.with { server in
            try await server.withClient { client in
                let failure = await #expect(throws: Status.self) {
                    try await client.unary(EchoService.wait, .of("gate"), CallOptions(timeout: .milliseconds(20)))
                }

                #expect(failure?.code == .deadlineExceeded)
            }
        }
    }

    @Test func `a draining server lets the client finish and refuses what is new`() async throws {
        try await RunningServer.with { server in
            try await server.withClient { client in
                async let running = client.unary(EchoService.wait, .of("gate"))
                await server.handlers.gates.waitIgnoringCancellation("gate began")

                async let drained: Void = server.server.drain(grace: .seconds(30))
                var refusal: Status?
                while refusal == nil {
                    try Task.checkCancellation()
                    do { _ = try await client.unary(EchoService.echo, .init()) } catch { refusal = error as? Status }
                }
                server.handlers.gates.open("gate")
                await drained
                let finished = try await running

                #expect(refusal?.code == .unavailable)  // told to go elsewhere, it finds nobody else
                #expect(finished == .of("gate"))
            }
        }
    }
}
