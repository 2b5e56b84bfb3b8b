import Logging
import Postgres
import ServiceLifecycle

/// Looks again and again whether the database answers, and writes it on the board.
struct HealthProbe: Service {
    let board: HealthBoard
    let database: Database
    let logger: Logger

    private static let interval = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func look() async {
        do {
            _ = try await self.database.run(anything)
            if self.board.setDatabase(isAway: false) { self.logger.notice("the database is back") }
        } catch is CancellationError {
        } catch {
            guard self.board.setDatabase(isAway: true) else { return }
            self.logger.error("the database is away", metadata: ["error": "\(error)"])
        }
    }
}

private let anything = Statement("SELECT 1")
