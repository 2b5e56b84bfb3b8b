import Synchronization

/// Where a task leaves what it has seen.
final class Mailbox: Sendable {
    private let items = Mutex<[String]>([])

    var all: [String] { self.items.withLock { $0 } }

    func add(_ item: String) {
        self.items.withLock { $0.append(item) }
    }
}
