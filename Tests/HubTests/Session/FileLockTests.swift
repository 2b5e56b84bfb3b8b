import Foundation
import Testing

@testable import hub

struct FileLockTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path

    @Test func `a second holder waits for the first`() async throws {
        let path = self.path
        let (order, log) = AsyncStream.makeStream(of: String.self)
        let (held, holding) = AsyncStream.makeStream(of: Never.self)

        async let second: Void = {
            for await _ in held {}
            try await withFileLock(path) { _ = log.yield("second") }
        }()
        try await withFileLock(path) {
            holding.finish()
            await Task.yield()
            log.yield("first")
        }
        try await second
        log.finish()

        #expect(await order.reduce(into: []) { $0.append($1) } == ["first", "second"])
    }

    @Test func `a lock that stays taken is given up`() async throws {
        try await withFileLock(self.path) {
            let failure = await #expect(throws: Failure.self) {
                try await withFileLock(self.path, patience: .zero) {}
            }
            #expect(failure?.lines == ["Error: Another process holds \(self.path) for too long."])
        }
    }

    @Test func `a lock is given back when its holder fails`() async throws {
        await #expect(throws: BrokenPipe.self) { try await withFileLock(self.path) { throw BrokenPipe() } }

        try await withFileLock(self.path, patience: .zero) {}
    }

    @Test func `a cancelled caller stops waiting`() async throws {
        try await withFileLock(self.path) {
            let waiting = Task { try await withFileLock(self.path) {} }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
    }
}
