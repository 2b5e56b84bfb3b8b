internal import NIOCore

/// What the connections of one event loop share.
// Touched on its event loop only.
final class ServerLoop: @unchecked Sendable {
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

    /// A number unlike any other with high probability (SplitMix64).
    func nextSerial() -> UInt64 {
        self.serials &+= UInt64.mixingStep
        return self.serials.mixed
    }
}
