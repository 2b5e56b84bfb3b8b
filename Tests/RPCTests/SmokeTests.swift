import Logging
import NIOPosix
import RPC
import SwiftProtobuf
import Testing

struct SmokeTests {
    @Test func `echoes`() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let logger = Logger(label: "test")
        let service = ServiceDefinition(
            name: EchoService.name,
            methods: [
                .unary(EchoService.echo) { request, _ in request },
                .serverStreaming(EchoService.count) { request, responses, _ in
                    for number in 0..<(Int(request.key) ?? 0) {
                        try await responses.write(.with { $0.key = "\(number)" })
                    }
                },
            ]
        )
        let server = try Server(services: [service], group: group, logger: logger) { _ in [CallLog()] }
        let address = try await server.listen(on: .tcp(host: "127.0.0.1", port: 0))
        let client = Client(address, group: group, logger: logger)
        let reply = try await client.unary(EchoService.echo, .with { $0.key = "hi" })
        #expect(reply.key == "hi")
        for _ in 0..<3 {
            let count = try await client.serverStreaming(EchoService.count, .with { $0.key = "100000" }) { responses in
                var count = 0
                for try await _ in responses { count += 1 }
                return count
            }
            #expect(count == 100000)
        }
        await client.close()
        await server.drain(grace: .seconds(1))
    }
}
