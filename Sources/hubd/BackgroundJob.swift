import Logging
import ServiceLifecycle

/// Does a bounded piece of work again and again; any number of daemons may, since the work itself takes turns.
struct BackgroundJob: Service {
    /// What waits when it cannot be done, for the log.
    let name: String
    let interval: Duration
    let logger: Logger
    /// Answers whether all is done for now; if not, the next piece comes at once.
    let work: @Sendable () async throws -> Bool

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if try await !self.work() { continue }
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("\(self.name) waits", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: self.interval)
            }
        }
    }
}
