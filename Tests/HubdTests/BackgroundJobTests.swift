import Foundation
import Kernel
import Logging
import Postgres
import Support
import Testing

@testable import hubd

@Suite struct BackgroundJobTests {
    @Test func `work goes on until all is done, and rests then`() async throws {
        let runs = Watched(0)
        let job = BackgroundJob(name: "test", interval: .seconds(3600), logger: LogRecorder().logger) {
            runs.update { $0 += 1 }
            return runs.state >= 5
        }

        let running = Task { try await job.run() }

        try await runs.wait { $0 == 5 ? () : nil }
        running.cancel()
        try await running.value
        #expect(runs.state == 5)
    }

    @Test func `work that fails is logged and done again`() async throws {
        let log = LogRecorder()
        let job = BackgroundJob(name: "the test", interval: .milliseconds(1), logger: log.logger) {
            throw JournalError.transactionsBehind
        }

        let running = Task { try await job.run() }

        try await log.message(holding: "the test waits", times: 3)
        running.cancel()
        try await running.value
    }
}
