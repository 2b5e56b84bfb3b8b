import Foundation
import Logging
import NIOPosix
import RPC
import Support
import Testing

extension GoPeer {
    /// Runs a server in Go and a client of ours for as long as `body` runs.
    func withServer<Value>(
        at address: String = "127.0.0.1:0",
        _ body: (Client, Program) async throws -> Value
    ) async throws -> Value {
        let (program, bound) = try await self.serve(at: address)
        defer { program.kill() }
        return try await Client.with(bound) { client in try await body(client, program) }
    }
}

extension Client {
    /// Makes a client for as long as `body` runs.
    static func with<Value>(_ address: String, _ body: (Client) async throws -> Value) async throws -> Value {
        var configuration = ClientConfiguration()
        configuration.connectTimeout = .seconds(60)  // the machine may be busy
        let client = Client(
            try #require(Server.Address(address)),
            configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        await client.close()
        return try result.get()
    }
}

/// A frame of ours as the server in Go saw it.
struct SeenFrame: Sendable {
    let stream: Int
    let type: Int
    let flags: Int
    let length: Int
    /// Whether the request has fields beyond those of the base protocol.
    let offers: Bool
}

extension Program {
    /// The frames that the server in Go has told of until now, without that of the call that makes sure of it.
    func frames(by client: Client) async throws -> [SeenFrame] {
        let mark = "mark \(self.output.count)"
        _ = try await client.unary(InteropService.release, .of(mark))
        _ = try await self.line(holding: "released: \(mark)")
        let frames: [SeenFrame] = self.output.compactMap { line in
            let words = line.split(separator: " ")
            guard line.hasPrefix("frame: "), words.count == 11 else { return nil }
            let numbers = stride(from: 2, through: 8, by: 2).compactMap { Int(words[$0]) }
            guard numbers.count == 4 else { return nil }
            return SeenFrame(
                stream: numbers[0],
                type: numbers[1],
                flags: numbers[2],
                length: numbers[3],
                offers: words[10] == "true"
            )
        }
        return frames.dropLast()
    }
}
