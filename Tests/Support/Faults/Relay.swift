import DequeModule
import NIOCore

/// Decides what becomes of the bytes of one connection: follows the exchanges and does to each what was chosen for it.
///
/// An exchange that is lost takes those behind it along; those before it are answered first.
struct Relay {
    /// What is to be done, in order.
    enum Step {
        case send(ByteBuffer)
        case answer(ByteBuffer)
        case wait(Duration)
        case hangUpOnClient
        case hangUp
    }

    private let choose: @Sendable (Exchange) -> Fault?
    private var client = MessageSplitter(ofClient: true)
    private var server = MessageSplitter(ofClient: false)
    /// SQL by the names of prepared statements.
    private var prepared: [String: String] = [:]
    private var exchange = Exchange()
    private var request = ByteBuffer()
    /// The exchanges without a whole answer, oldest first.
    private var running: Deque<Fault?> = []
    /// Whether nothing more goes to the server, for a while or for good.
    private var isHeldUp = false

    init(choosing choose: @escaping @Sendable (Exchange) -> Fault?) {
        self.choose = choose
    }

    /// Whether the server works on something whose client was left behind.
    var isAbandoned: Bool { self.running.first == .abandon }

    mutating func received(fromClient bytes: ByteBuffer) -> [Step] {
        self.client.feed(bytes)
        return self.proceed()
    }

    /// The delay that a step asked for is over.
    mutating func waited() -> [Step] {
        self.isHeldUp = false
        return self.pass(nil) + self.proceed()
    }

    mutating func received(fromServer bytes: ByteBuffer) -> [Step] {
        self.server.feed(bytes)
        var steps: [Step] = []
        while let message = self.server.next() {
            let fault = self.running.first ?? nil
            if fault == nil { steps.append(.answer(message.bytes)) }
            guard message.kind == UInt8(ascii: "Z") else { continue }
            self.running.removeFirst()
            steps += fault == nil ? self.reachedFirst() : [.hangUp]
        }
        return steps
    }

    private mutating func proceed() -> [Step] {
        var steps: [Step] = []
        while !self.isHeldUp, let message = self.client.next() {
            let isWhole = self.gather(message)
            guard isWhole else { continue }
            guard message.kind == UInt8(ascii: "S") || message.kind == UInt8(ascii: "Q") else {
                // The start of the session, which ends with a ReadyForQuery too, or the end of it.
                steps += self.pass(nil)
                continue
            }
            switch self.choose(self.exchange) {
            case .delay(let time):
                self.isHeldUp = true
                steps.append(.wait(time))
            case let fault:
                self.isHeldUp = fault != nil
                steps += self.pass(fault)
            }
        }
        return steps
    }

    /// Adds a message to the request; whether that is whole now.
    private mutating func gather(_ message: MessageSplitter.Message) -> Bool {
        var (bytes, body) = (message.bytes, message.kind == 0 ? ByteBuffer() : message.body)
        self.request.writeBuffer(&bytes)
        switch message.kind {
        case UInt8(ascii: "P"):
            let name = body.readNullTerminatedString() ?? ""
            self.prepared[name] = body.readNullTerminatedString()
        case UInt8(ascii: "B"):
            _ = body.readNullTerminatedString()
            let sql = self.prepared[body.readNullTerminatedString() ?? ""]
            self.exchange.statements.append(sql ?? "")
        case UInt8(ascii: "Q"):
            self.exchange.statements.append(body.readNullTerminatedString() ?? "")
        default: break
        }
        return !"PBDECH".utf8.contains(message.kind)
    }

    private mutating func pass(_ fault: Fault?) -> [Step] {
        let request = self.request
        self.request = ByteBuffer()
        self.exchange = Exchange()
        self.running.append(fault)
        return (fault == .loseRequest ? [] : [.send(request)]) + (self.running.count == 1 ? self.reachedFirst() : [])
    }

    /// All exchanges before the first that still runs were answered.
    private func reachedFirst() -> [Step] {
        switch self.running.first ?? nil {
        case .loseRequest: [.hangUp]
        case .abandon: [.hangUpOnClient]
        default: []
        }
    }
}
