internal import NIOCore

/// What the connections of one event loop share.
// Touched on its event loop only.
final class ServerLoop: @unchecked Sendable {
    /// So many calls begin before the loop reads from further connections.
    private static let callsPerTurn = 256

    /// Whom a deadline concerns.
    enum Waiting {
        case call(ServerCall)
        case connection(ServerConnection)
    }

    let loop: any EventLoop
    let executor: LoopExecutor
    let workers: WorkerPool
    let deadlines: Deadlines<Waiting>
    let buffers = SpareBuffers()
    /// Connections that have read in this turn of the loop, whose calls have not begun.
    private var reading: [ServerConnection] = []
    private var isTurnDue = false
    /// When the loop last read: to ask the clock for each call would cost a small one 2 % of its time.
    private(set) var readAt: NIODeadline
    private var serials = UInt64.random(in: 0 ... .max)

    init(_ loop: any EventLoop) {
        self.loop = loop
        self.readAt = loop.now
        self.executor = LoopExecutor(on: loop)
        self.workers = WorkerPool(on: self.executor)
        self.deadlines = Deadlines(on: loop) { waiting in
            switch waiting {
            case .call(let call): call.expire()
            case .connection(let connection): connection.checkUp()
            }
        }
    }

    /// The loop reads.
    func reads() {
        self.readAt = self.loop.now
    }

    /// A connection has read what there was. Its calls begin, and its answers go out, when all connections that have
    /// something have read: so calls of a method run back to back, and a client of several connections is woken once.
    func hasRead(_ connection: ServerConnection) {
        self.reading.append(connection)
        if self.workers.queued >= Self.callsPerTurn { return self.endTurn() }
        guard !self.isTurnDue else { return }
        self.isTurnDue = true
        self.loop.execute {
            self.isTurnDue = false
            self.endTurn()
        }
    }

    private func endTurn() {
        let connections = self.reading
        self.reading = []
        self.workers.run()
        // What is answered at once does not wait for what streams go on with.
        connections.forEach { $0.flush() }
        self.executor.drain()
        connections.forEach { $0.endTurn() }
    }

    /// A number unlike any other with high probability (SplitMix64).
    func nextSerial() -> UInt64 {
        self.serials &+= UInt64.mixingStep
        return self.serials.mixed
    }
}
