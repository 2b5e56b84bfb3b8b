import Foundation
import Testing

@testable import RPC

/// Calls over TLS.
@Suite(.certificates, .timeLimit(.minutes(2)))
struct TLSCallTests {
    @Test func `pass over tcp and over a unix socket`() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString.prefix(8) + ".sock")
        let (server, client) = (try ServerTLS.of(Certificates.server), try ClientTLS.trusting(serverName: "hub.test"))

        for address in [.tcp(host: "127.0.0.1", port: 0), .unix(path: path.path)] as [Server.Address] {
            let answer = try await RunningServer.with(on: address, tls: server) { server in
                try await server.withClient(.with { $0.tls = client }) {
                    try await $0.unary(EchoService.echo, .of("hi"))
                }
            }

            #expect(answer == .of("hi"))
        }
    }

    @Test func `stream in order`() async throws {
        let (server, client) = (try ServerTLS.of(Certificates.server), try ClientTLS.trusting())

        let keys = try await RunningServer.with(tls: server) { server in
            try await server.withClient(.with { $0.tls = client }) { client in
                try await client.serverStreaming(EchoService.count, .of("5000")) { responses in
                    try await responses.reduce(into: []) { $0.append($1.key) }
                }
            }
        }

        #expect(keys == (0..<5_000).map { "\($0)" })
    }

    @Test func `stream requests, and both at once`() async throws {
        let (server, client) = (try ServerTLS.of(Certificates.server), try ClientTLS.trusting())

        try await RunningServer.with(tls: server) { server in
            try await server.withClient(.with { $0.tls = client }) { client in
                let joined = try await client.clientStreaming(EchoService.join) { requests in
                    for key in ["a", "b", "c"] { try await requests.write(.of(key)) }
                }
                let talked = try await client.bidirectional(EchoService.talk) { requests, responses in
                    var answers = responses.makeAsyncIterator()
                    var keys: [String?] = []
                    for key in ["a", "b", "c"] {
                        try await requests.write(.of(key))
                        keys.append(try await answers.next()?.key)
                    }
                    return keys
                }

                #expect(joined.key == "a,b,c")
                #expect(talked == ["a", "b", "c"])
            }
        }
    }

    /// A record of TLS holds 16 KiB; larger writes go out in pieces of 96 KiB.
    @Test(arguments: [16_370, 16_400, 65_536, 98_304, 300_000])
    func `messages longer than a record arrive whole`(length: Int) async throws {
        let (server, client) = (try ServerTLS.of(Certificates.server), try ClientTLS.trusting())
        let message = Ttrpc_KeyValue.of("key", value: String(repeating: "v", count: length))

        let answers = try await RunningServer.with(tls: server) { server in
            try await server.withClient(.with { $0.tls = client }) { client in
                async let one = client.unary(EchoService.echo, message)
                async let other = client.unary(EchoService.echo, message)
                return try await [one, other]
            }
        }

        #expect(answers == [message, message])
    }

    @Test func `many clients at once are served by one listener`() async throws {
        let (server, client) = (try ServerTLS.of(Certificates.server), try ClientTLS.trusting())

        try await RunningServer.with(tls: server) { server in
            try await withThrowingDiscardingTaskGroup { group in
                for number in 0..<20 {
                    group.addTask {
                        try await server.withClient(.with { $0.tls = client }) { client in
                            let answer = try await client.unary(EchoService.echo, .of("\(number)"))
                            #expect(answer == .of("\(number)"))
                        }
                    }
                }
            }
        }
    }
}
