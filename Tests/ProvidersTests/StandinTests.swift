import Glibc
import Inference
import Providers
import Support
import Testing

/// The stand-in as a program.
@Suite(.timeLimit(.minutes(2))) struct StandinTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `ends in order on a signal, even while it answers`(signal: Int32) async throws {
        let standin = try await RunningStandin()

        let (texts, result) = try await OpenAIChatModel.with("\(standin.url)/v1") { model in
            await model.answer(to: .saying("[[standin: repeat=forever delay=1ms]] Hi", maxOutputTokens: 100_000)) {
                standin.program.send(signal)
            }
        }

        #expect(!texts.isEmpty)
        #expect(throws: ChatModelFailure.self) { try result.get() }
        #expect(try await standin.program.exit() == .code(0))
        #expect(standin.program.errors.isEmpty)
    }

    @Test func `does not start without a key`() async throws {
        let (exit, _, errors) = try await Program.run(
            Program.built("standin"),
            ["--port", "0"],
            environment: ["STANDIN_API_KEY": nil]
        )

        #expect(exit == .code(64))
        #expect(errors.first == "Error: STANDIN_API_KEY is not set; it is the key that callers must present.")
    }

    @Test func `says that its port is taken`() async throws {
        let port = try await #require(RunningStandin.shared.url.split(separator: ":").last)

        let (exit, output, errors) = try await Program.run(
            Program.built("standin"),
            ["--port", String(port)],
            environment: ["STANDIN_API_KEY": "key"]
        )

        #expect(exit == .code(1))
        #expect(output.isEmpty)
        #expect(errors == ["Error: 127.0.0.1:\(port) is taken."])
    }
}
