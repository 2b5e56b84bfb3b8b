import Foundation
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

    @Test func `a file that is not there is named`() async throws {
        try await FakeHub.serving { _, desk in
            _ = try await desk.signIn()

            let outcome = try await desk.run("bulk", "/nowhere.csv", "--mode", "best-effort")

            #expect(outcome.status == .usage)
            #expect(outcome.errors.hasPrefix("Error: Cannot read /nowhere.csv"))
        }
    }
}
