internal import NIOCore
internal import Synchronization

/// The connections of a server that are open or whose handlers still run.
final class ConnectionRegistry: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: ServerConnection] = [:]
        /// Counted only if there is a bound.
        var perHost: [String: Int] = [:]
        var isDraining = false
        var waiting: [EventLoopPromise<Bool>] = []
    }

    private let limit: Int
    private let limitPerHost: Int?
    private let state = Mutex(State())

    /// `limitPerHost` bounds the connections from one network address; nil is any number.
    init(limit: Int, limitPerHost: Int? = nil) {
        self.limit = limit
        self.limitPerHost = limitPerHost
    }

    /// All that are there.
    var connections: [ServerConnection] {
        self.state.withLock { Array($0.connections.values) }
    }

    /// Adds a connection, unless there are enough, in all or from its host, or the server goes down.
    func add(_ connection: ServerConnection) -> Bool {
        self.state.withLock { state in
            guard !state.isDraining, state.connections.count < self.limit else { return false }
            if let limit = self.limitPerHost, let host = connection.host {
                guard state.perHost[host, default: 0] < limit else { return false }
                state.perHost[host, default: 0] += 1
            }
            state.connections[ObjectIdentifier(connection)] = connection
            return true
        }
    }

    /// Forgets a connection.
    func remove(_ connection: ServerConnection) {
        let waiting: [EventLoopPromise<Bool>] = self.state.withLock { state in
            guard state.connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return [] }
            if self.limitPerHost != nil, let host = connection.host { state.perHost.countDown(host) }
            guard state.connections.isEmpty else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        waiting.forEach { $0.succeed(true) }
    }

    /// Adds no more connections and lets those there finish.
    func drain() {
        self.state.withLock { $0.isDraining = true }
        for connection in self.connections { connection.shared.loop.execute { connection.drain() } }
    }

    /// Closes all connections.
    func close() {
        for connection in self.connections { connection.shared.loop.execute { connection.close() } }
    }

    /// Waits until no connection is left, but no longer than `time`.
    ///
    /// - Returns: Whether none is left.
    func isEmpty(within time: Duration, on loop: any EventLoop) async -> Bool {
        let promise = loop.makePromise(of: Bool.self)
        let timeout = loop.scheduleTask(in: TimeAmount(time)) { promise.succeed(false) }
        defer { timeout.cancel() }
        let isEmpty = self.state.withLock { state in
            if !state.connections.isEmpty { state.waiting.append(promise) }
            return state.connections.isEmpty
        }
        if isEmpty { promise.succeed(true) }
        return (try? await promise.futureResult.get()) ?? true
    }
}

extension [String: Int] {
    /// Counts one less, and forgets what is counted no more.
    fileprivate mutating func countDown(_ key: String) {
        guard let count = self[key] else { return }
        self[key] = count > 1 ? count - 1 : nil
    }
}
