internal import NIOCore
internal import Synchronization

/// The connections of a server that are open or whose handlers still run.
final class ConnectionRegistry: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: ServerConnection] = [:]
        var isDraining = false
        var waiting: [EventLoopPromise<Bool>] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// All that are there.
    var connections: [ServerConnection] {
        self.state.withLock { Array($0.connections.values) }
    }

    /// Adds a connection, unless there are enough or the server goes down.
    func add(_ connection: ServerConnection) -> Bool {
        self.state.withLock { state in
            guard !state.isDraining, state.connections.count < self.limit else { return false }
            state.connections[ObjectIdentifier(connection)] = connection
            return true
        }
    }

    /// Forgets a connection.
    func remove(_ connection: ServerConnection) {
        let waiting = self.state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = nil
            guard state.connections.isEmpty else { return [EventLoopPromise<Bool>]() }
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
