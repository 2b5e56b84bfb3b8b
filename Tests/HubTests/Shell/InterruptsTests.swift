import Glibc
import Testing

@testable import hub

struct InterruptsTests {
    @Test func `Ctrl-C cancels what runs`() async throws {
        let interrupts = Interrupts()
        let (never, end) = AsyncStream.makeStream(of: Never.self)

        await #expect(throws: CancellationError.self) {
            try await interrupts.cancelling {
                interrupts.interrupt()
                for await _ in never {}
            }
        }

        end.finish()
    }

    @Test func `without Ctrl-C the work's own error comes through`() async throws {
        await #expect(throws: BrokenPipe.self) { try await Interrupts().cancelling { throw BrokenPipe() } }
    }

    @Test func `Ctrl-C calls what was asked for`() async throws {
        let interrupts = Interrupts()
        let (calls, called) = AsyncStream.makeStream(of: Void.self)

        interrupts.during {
            interrupts.interrupt()
        } action: {
            called.finish()
        }

        for await _ in calls {}
    }

    @Test func `without work Ctrl-C ends the program`() async {
        await #expect(processExitsWith: .exitCode(130)) { Interrupts().interrupt() }
    }

    @Test func `the signal reaches the work`() async {
        await #expect(processExitsWith: .exitCode(7)) {
            let interrupts = Interrupts()
            await interrupts.listening {
                try? await interrupts.cancelling {
                    let (never, end) = AsyncStream.makeStream(of: Never.self)
                    kill(getpid(), SIGINT)
                    for await _ in never {}
                    end.finish()
                    exit(7)
                }
            }
        }
    }
}
