import NIOCore
import Synchronization

/// The body of a request, which knows whether it was taken to be sent: until then the other side has seen nothing.
final class OutgoingBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var rest: ByteBuffer?
        fileprivate let body: OutgoingBody

        mutating func next() async -> ByteBuffer? {
            self.body.taken.store(true, ordering: .releasing)
            return self.rest.take()
        }
    }

    let bytes: ByteBuffer
    private let taken = Atomic(false)

    init(_ bytes: ByteBuffer) { self.bytes = bytes }

    var wasTaken: Bool { self.taken.load(ordering: .acquiring) }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: self.bytes, body: self) }
}
