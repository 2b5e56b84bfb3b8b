import Foundation
import Support

/// The program in `Go/peer`, built once with Debian's Go and Debian's ttrpc package.
struct GoPeer: Sendable {
    private let path: String

    static func built() async throws -> GoPeer { try await self.once.value }

    private static let once = Task.detached {
        let folder = try ScratchFolder.make("go")
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Go/peer").path
        let (exit, output, errors) = try await Program.run(
            "env",
            ["--chdir=\(source)", "go", "build", "-o", "\(folder)/peer", "."],
            environment: [
                "GOPATH": "/usr/share/gocode", "GO111MODULE": "off", "GOFLAGS": nil, "GOCACHE": "\(folder)/cache",
            ],
            within: .seconds(300)
        )
        guard exit == .code(0) else {
            throw BuildError(description: "the Go program cannot be built: \(exit)\n" + (output + errors).joined())
        }
        return GoPeer(path: "\(folder)/peer")
    }

    /// Serves `test.Interop` until it is asked to end.
    ///
    /// - Returns: The program, and where it listens.
    func serve(at address: String = "127.0.0.1:0") async throws -> (program: Program, address: String) {
        let program = try await Program(self.path, ["serve", address])
        let line = try await program.line(holding: "listening on ")
        return (program, String(line.dropFirst("listening on ".count)))
    }

    /// Starts a client with a scenario.
    func start(_ scenario: String, at address: String) async throws -> Program {
        try await Program(self.path, ["call", address, scenario])
    }

    /// Starts a client that writes frames of streams by hand.
    func stream(_ label: String, at address: String) async throws -> Program {
        try await Program(self.path, ["stream", address, label])
    }

    /// Runs a client's scenario to its end.
    func call(_ scenario: String, at address: String) async throws -> Report {
        let program = try await self.start(scenario, at: address)
        return try await Report(of: program)
    }
}

/// The program could not be built.
struct BuildError: Error, CustomStringConvertible {
    let description: String
}

/// What a client in Go said until it ended.
struct Report: Sendable {
    let exit: Program.Exit
    let output: [String]
    let errors: [String]

    /// Waits for the end of a client.
    init(of program: Program) async throws {
        self.exit = try await program.exit(within: .seconds(60))
        self.output = program.output
        self.errors = program.errors
    }

    /// Whether it ended well, and nothing came to it but responses of the base protocol.
    var isClean: Bool {
        self.exit == .code(0) && self.errors.isEmpty
            && self.output.contains { $0.hasPrefix("frames: ") && $0.hasSuffix(" 0 others") }
    }

    /// What it said of the call with this label.
    subscript(label: String) -> String? {
        self.output.first { $0.hasPrefix(label + ": ") }.map { String($0.dropFirst(label.count + 2)) }
    }
}
