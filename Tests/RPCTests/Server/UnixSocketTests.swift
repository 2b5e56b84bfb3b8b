import Foundation
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1)))
struct UnixSocketTests {
    /// A path for a socket, free as long as `body` runs.
    private func withPath<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString.prefix(8) + ".sock")
        defer { try? FileManager.default.removeItem(at: path) }
        return try await body(path.path)
    }

    @Test func `serves on a socket that only its owner may use, and removes it`() async throws {
        try await self.withPath { path in
            try await RunningServer.with(on: .unix(path: path)) { server in
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                #expect(server.address == .unix(path: path))

                try await server.connect().roundTrips(1)
            }

            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func `replaces a socket on which nobody listens`() async throws {
        try await self.withPath { path in
            let socket = Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let bound = withUnsafeBytes(of: &address) { bytes in
                bytes.withMemoryRebound(to: sockaddr.self) { Foundation.bind(socket, $0.baseAddress, 110) }
            }
            #expect(bound == 0)
            Foundation.close(socket)

            try await RunningServer.with(on: .unix(path: path)) { server in
                try await server.connect().roundTrips(1)
            }
        }
    }

    @Test func `does not oust a living server`() async throws {
        try await self.withPath { path in
            try await RunningServer.with(on: .unix(path: path)) { server in
                await #expect(throws: AddressInUse.self) {
                    try await RunningServer.with(on: .unix(path: path)) { _ in }
                }

                try await server.connect().roundTrips(1)
            }
        }
    }

    @Test func `does not remove a file that is no socket`() async throws {
        try await self.withPath { path in
            try Data("precious".utf8).write(to: URL(fileURLWithPath: path))

            await #expect(throws: AddressInUse.self) {
                try await RunningServer.with(on: .unix(path: path)) { _ in }
            }

            #expect(FileManager.default.fileExists(atPath: path))
        }
    }
}
