import Contract
import RPC
import Synchronization

/// How each service is at this moment, and who wants to hear of changes.
final class HealthBoard: Sendable {
    typealias ServingStatus = Grpc_Health_V1_HealthCheckResponse.ServingStatus

    /// A service that is asked for under this name is the hub as a whole.
    static let whole = ""

    private struct Watcher {
        let service: String
        let changes: AsyncStream<ServingStatus>.Continuation
    }

    private struct State {
        var isDraining = false
        var databaseIsAway = false
        var watchers: [Int: Watcher] = [:]
        var nextWatcher = 0
    }

    private let services: Set<String>
    private let withoutDatabase: Set<String>
    private let limit: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - services: Full names of all that is served.
    ///   - withoutDatabase: Those among them that need no database.
    ///   - limit: Most watchers at a time.
    init(services: Set<String>, withoutDatabase: Set<String>, limit: Int = 1_024) {
        self.services = services
        self.withoutDatabase = withoutDatabase
        self.limit = limit
    }

    /// How a service is; nil if it is not served here.
    func status(of service: String) -> ServingStatus? {
        self.state.withLock { self.status(of: service, $0) }
    }

    /// The service's status now and after each change, the newest only if the reader is slow; ends with the program.
    ///
    /// - Returns: nil if too many watch already.
    func watch(_ service: String) -> AsyncStream<ServingStatus>? {
        let (stream, changes) = AsyncStream.makeStream(of: ServingStatus.self, bufferingPolicy: .bufferingNewest(1))
        let number: Int? = self.state.withLock { state in
            guard state.watchers.count < self.limit else { return nil }
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = Watcher(service: service, changes: changes)
            changes.yield(self.status(of: service, state) ?? .serviceUnknown)
            if state.isDraining { changes.finish() }
            return state.nextWatcher
        }
        guard let number else { return nil }
        changes.onTermination = { _ in self.forget(number) }
        return stream
    }

    /// The database went away or came back.
    ///
    /// - Returns: Whether that is news.
    func setDatabase(isAway: Bool) -> Bool {
        self.change { state in
            defer { state.databaseIsAway = isAway }
            return state.databaseIsAway != isAway
        }
    }

    /// The program is about to stop: says so to all who watch, then lets them go.
    func drain() {
        _ = self.change { state in
            defer { state.isDraining = true }
            return !state.isDraining
        }
        for watcher in self.state.withLock({ $0.watchers.values }) { watcher.changes.finish() }
    }

    /// Watchers at this moment.
    var watcherCount: Int { self.state.withLock { $0.watchers.count } }

    private func change(_ body: (inout State) -> Bool) -> Bool {
        self.state.withLock { state in
            guard body(&state) else { return false }
            for watcher in state.watchers.values {
                watcher.changes.yield(self.status(of: watcher.service, state) ?? .serviceUnknown)
            }
            return true
        }
    }

    private func status(of service: String, _ state: State) -> ServingStatus? {
        guard service == Self.whole || self.services.contains(service) else { return nil }
        if state.isDraining { return .notServing }
        return state.databaseIsAway && !self.withoutDatabase.contains(service) ? .notServing : .serving
    }

    private func forget(_ number: Int) {
        _ = self.state.withLock { $0.watchers.removeValue(forKey: number) }
    }
}
