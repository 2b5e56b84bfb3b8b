import Foundation
import RPC
import Synchronization
import Testing

@testable import hub

struct AdjustInBulkTests {
    /// A file for as long as `body` runs.
    private func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "bulk-\(UUID().uuidString).csv").path
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    @Test func `a file is sent in pieces and its lines are printed`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()
            let text = String(repeating: "x", count: (2 << 20) + 5)
            try await self.withFile(text) { path in
                let outcome = try await desk.run("bulk", path, "--mode", "best-effort", "--request-id", "run-1")

                #expect(outcome.status == .invalid)
                #expect(outcome.output == "line 2097157: failed, INSUFFICIENT_CREDITS: Too few.\n")
                #expect(outcome.errors.contains("1 of 2 lines decided, 0 written, 0 failed\n"))
                #expect(outcome.errors.hasSuffix("Error: 1 lines failed.\n"))
                #expect(hub.staged.withLock { $0["run-1"] } == Array(text.utf8))
            }
        }
    }

    @Test func `an upload that broke off goes on, and the run says its id`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()
            hub.staged.withLock { $0["run-1"] = Array("user_id,am".utf8) }
            try await self.withFile("user_id,amount,reason\n") { path in
                let outcome = try await desk.run("bulk", path, "--mode", "all-or-nothing", "--request-id", "run-1")

                #expect(outcome.status == .success)
                #expect(outcome.errors.contains("— 22 lines, 0 succeeded"))

                let fresh = try await desk.run("bulk", path, "--mode", "all-or-nothing", "--dry-run")
                let id = try #require(hub.requestIDs.last)
                #expect(fresh.errors.hasPrefix("To go on if this breaks off: --request-id \(id)\n"))
            }
        }
    }

    @Test func `a hub that takes short frames only gets all of a file`() async throws {
        var configuration = ServerConfiguration()
        configuration.maxFrameBody = 65_536
        try await FakeHub.serving(configuration: configuration) { hub, desk in
            _ = try await desk.signIn()
            let text = String(repeating: "x", count: (2 << 20) + 5)
            try await self.withFile(text) { path in
                let outcome = try await desk.run("bulk", path, "--mode", "all-or-nothing", "--request-id", "run-1")

                #expect(outcome.status == .success)
                #expect(hub.staged.withLock { $0["run-1"] } == Array(text.utf8))
            }
        }
    }

    @Test func `a file that is too large is refused without being read`() async throws {
        try await FakeHub.serving { hub, desk in
            _ = try await desk.signIn()
            try await self.withFile("") { path in
                // Larger than any memory, and takes no room: nothing was ever written there.
                let file = try FileHandle(forWritingTo: URL(filePath: path))
                try file.truncate(atOffset: 1 << 40)
                try file.close()

                let outcome = try await desk.run("bulk", path, "--mode", "best-effort")

                #expect(outcome.status == .usage)
                #expect(outcome.errors == "Error: \(path) is larger than 32 MiB.\n")
                #expect(hub.requestIDs == [])
            }
        }
    }

    @Test func `a file that is not there is named`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            let outcome = try await desk.run("bulk", "/nowhere.csv", "--mode", "best-effort")

            #expect(outcome.status == .usage)
            #expect(outcome.errors.hasPrefix("Error: Cannot read /nowhere.csv"))
        }
    }
}
