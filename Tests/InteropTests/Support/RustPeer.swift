import Foundation
import Logging
import RPC
import Support

/// The program in `Rust/peer`, built with Debian's Rust and Debian's ttrpc crate.
struct RustPeer: Sendable {
    /// The crate has two clients and two servers.
    enum Kind: String, CaseIterable, Sendable {
        case sync, async
    }

    private let path: String

    static func built() async throws -> RustPeer { try await self.once.value }

    private static let once = Task.detached {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let source = tests.appending(path: "Rust/peer").path
        // Kept, as the crates that it needs take a minute.
        let target = tests.appending(path: "../../.hub/rust").standardized.path
        let (exit, output, errors) = try await Program.run(
            "env",
            ["--chdir=\(source)", "/usr/bin/cargo", "build", "--quiet", "--offline"],
            environment: ["CARGO_TARGET_DIR": target, "RUSTC": "/usr/bin/rustc", "CARGO_HOME": "\(target)/home"],
            within: .seconds(600)
        )
        guard exit == .code(0) else {
            throw BuildError(description: "the Rust program cannot be built: \(exit)\n" + (output + errors).joined())
        }
        return RustPeer(path: "\(target)/debug/peer")
    }

    /// Runs a server in Rust and a client of ours for as long as `body` runs.
    func withServer<Value>(_ kind: Kind, _ body: (Client, Program) async throws -> Value) async throws -> Value {
        let socket = try ScratchFolder.make("rpc") + "/rpc.sock"
        let program = try await Program(self.path, ["serve", kind.rawValue, socket])
        defer { program.kill() }
        _ = try await program.line(holding: "listening on ")
        return try await Client.with("unix:\(socket)") { client in try await body(client, program) }
    }

    /// Starts a client in Rust with a scenario, which calls a server of ours.
    func start(_ scenario: String, _ kind: Kind, at address: String) async throws -> Program {
        let socket = String(address.trimmingPrefix("unix:"))
        return try await Program(self.path, ["call", kind.rawValue, socket, scenario])
    }

    /// Runs a client's scenario to its end, with a server of ours.
    func call(_ scenario: String, _ kind: Kind) async throws -> Report {
        let socket = try ScratchFolder.make("rpc") + "/rpc.sock"
        return try await InteropServer.with(on: .unix(path: socket)) { _, _, address in
            try await Report(of: try await self.start(scenario, kind, at: address))
        }
    }
}
