import Support
import Testing

/// The daemon as it is started, by its built program.
@Suite struct ProgramTests {
    /// A database that is not there, and what else is required.
    private let nowhere = ["--database-url", "host=/nowhere connect_timeout=2", "--secrets-file", "/nowhere/key"]

    private func hubd(_ arguments: [String]) async throws -> (exit: Program.Exit, output: [String], errors: [String]) {
        try await Program.run(try Program.built("hubd"), arguments)
    }

    @Test(arguments: ["serve", "migrate", "up", "rebuild-report"])
    func `an unknown flag ends it with one line that names it`(command: String) async throws {
        let ended = try await self.hubd([command, "--database-uri", "x"])

        #expect(ended.exit == .code(1))
        #expect(ended.output == [])
        #expect(ended.errors == ["Error: Unknown option --database-uri; --help lists the options."])
    }

    @Test func `an unknown command ends it`() async throws {
        let ended = try await self.hubd(["sevre"])

        #expect(ended.exit != .code(0))
        #expect(ended.errors.first?.contains("sevre") == true)
    }

    @Test func `migrations of a database that is away end with one line`() async throws {
        let ended = try await self.hubd(["migrate", "--log-level", "error"] + self.nowhere)

        #expect(ended.exit == .code(1))
        #expect(ended.output == [])
        #expect(ended.errors.count == 1)
        #expect(ended.errors.first?.contains("/nowhere/.s.PGSQL.5432") == true)
    }

    @Test func `a secrets file that is missing is named before anything starts`() async throws {
        let ended = try await self.hubd(["serve"] + self.nowhere)

        #expect(ended.exit == .code(1))
        #expect(ended.errors.count == 1)
        #expect(ended.errors.first?.contains("there is no file /nowhere/key") == true)
    }

    @Test func `a log that cannot be written does not end it`() async throws {
        let words = [try Program.built("hubd"), "migrate"] + self.nowhere

        let ended = try await Program.run("sh", ["-c", #""$@" 2> /dev/full"#, "sh"] + words)

        #expect(ended.exit == .code(1))
    }

    @Test func `help lists every setting`() async throws {
        let ended = try await self.hubd(["--help"])

        #expect(ended.exit == .code(0))
        for flag in ["--database-url", "--rpc-listen", "--models-file", "HUBD_PROVIDERS_OPENAI_KEY"] {
            #expect(ended.output.contains { $0.contains(flag) })
        }
    }
}
