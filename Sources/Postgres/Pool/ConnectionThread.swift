import Logging

/// What one thread does with its connection: opens it when there is work, replaces it when it broke.
struct ConnectionThread<Work: Sendable>: Sendable {
    let inbox: Inbox<Work>
    let configuration: DatabaseConfiguration
    let logger: Logger
    /// Most jobs and bytes of parameters that are taken at once.
    let limit: (jobs: Int, bytes: Int)
    let perform: @Sendable (Session, [Job<Work>]) -> Void

    /// Returns when the inbox is closed.
    func run() {
        let bell = Bell()
        var session: Session?
        var backoff = Backoff()
        while case .work(let afterRest) = self.inbox.rest(bell) {
            if let open = session, open.isBroken || (afterRest && !open.isAlive()) { session = nil }
            if session == nil { session = self.connect(&backoff, bell) }
            guard let session else { continue }
            let jobs = self.inbox.take(atMost: self.limit.jobs, bytes: self.limit.bytes)
            if !jobs.isEmpty { self.perform(session, jobs) }
        }
    }

    private func connect(_ backoff: inout Backoff, _ bell: Bell) -> Session? {
        do throws(PostgresError) {
            let session = try Session(self.configuration)
            backoff.succeeded()
            if self.inbox.note(outage: nil) != nil { self.logger.notice("connected to Postgres again") }
            return session
        } catch {
            if self.inbox.note(outage: error) == nil {
                self.logger.warning("cannot connect to Postgres", metadata: ["error": "\(error)"])
            }
            self.inbox.pause(bell, for: backoff.failed())
            return nil
        }
    }
}
