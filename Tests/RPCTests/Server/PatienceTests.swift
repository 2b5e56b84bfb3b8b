import NIOCore
import Testing

@testable import RPC

struct PatienceTests {
    private let start = NIODeadline.uptimeNanoseconds(0)

    @Test func `waits for nothing at first`() {
        let patience = Patience(limits: .init())

        #expect(patience.limit == nil)
    }

    @Test func `the wait for the first frame ends with it`() {
        var patience = Patience(limits: .init())
        patience.connected(at: self.start)

        #expect(patience.verdict(at: self.start + .seconds(60)) == .silent)
        patience.read(unfinished: nil, frames: true, at: self.start + .seconds(1))

        #expect(patience.limit == nil)
    }

    @Test func `a frame has its time from its first byte on`() {
        var patience = Patience(limits: .init())
        patience.read(unfinished: 0, frames: false, at: self.start)

        patience.read(unfinished: 640 * 1024, frames: false, at: self.start + .seconds(19))

        #expect(patience.limit == self.start + .seconds(30))
        #expect(patience.verdict(at: self.start + .seconds(29)) == nil)
        #expect(patience.verdict(at: self.start + .seconds(30)) == .slowFrame)
    }

    @Test func `each frame has its own time`() {
        var patience = Patience(limits: .init())
        patience.read(unfinished: 10, frames: false, at: self.start)

        patience.read(unfinished: 10, frames: true, at: self.start + .seconds(15))

        #expect(patience.limit == self.start + .seconds(35))
    }

    @Test func `a backlog may last as long as it shrinks`() {
        var patience = Patience(limits: .init())
        patience.backedUp(taken: 10, at: self.start)
        patience.backedUp(taken: 11, at: self.start + .seconds(59))
        patience.backedUp(taken: 11, at: self.start + .seconds(90))

        #expect(patience.verdict(at: self.start + .seconds(118)) == nil)
        #expect(patience.verdict(at: self.start + .seconds(119)) == .stalled)
        patience.caughtUp()
        #expect(patience.limit == nil)
    }

    @Test func `the time of a frame that the server does not read does not count`() {
        var patience = Patience(limits: .init())
        patience.read(unfinished: 10, frames: false, at: self.start)

        patience.holdBackReads()
        #expect(patience.limit == nil)
        patience.readOn(at: self.start + .seconds(100))

        #expect(patience.limit == self.start + .seconds(120))
    }
}
