import Credits
import Logging
import ServiceLifecycle

/// Takes new movements into the report, again and again. Any number of daemons may do so; one at a time does.
struct ReportProjector: Service {
    let credits: CreditsService
    let interval: Duration
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if try await self.credits.projectReport() == .more { continue }
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("the report waits for the database", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: self.interval)
            }
        }
    }
}
