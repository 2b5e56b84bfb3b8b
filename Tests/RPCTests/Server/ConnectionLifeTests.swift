import NIOCore
import Testing

@testable import RPC

struct ConnectionLifeTests {
    private let start = NIODeadline.uptimeNanoseconds(0)

    private func life(
        isExtended: Bool = true,
        jitter: Double = 1,
        _ change: (inout ServerConfiguration) -> Void
    ) -> ConnectionLife {
        var life = ConnectionLife(limits: .with(change), jitter: jitter)
        life.connected(at: self.start)
        if isExtended { #expect(life.agreed(at: self.start) == .nothing) }
        return life
    }

    @Test func `nothing is due without limits`() {
        let life = self.life(isExtended: false) { _ in }

        #expect(life.due == nil)
    }

    @Test(arguments: [0.9, 1, 1.1])
    func `age counts from the beginning, with its share of chance`(jitter: Double) {
        var life = self.life(jitter: jitter) { ($0.maxAge, $0.keepaliveInterval) = (.seconds(100), nil) }
        let due = self.start + .milliseconds(Int64(100_000 * jitter))

        #expect(life.due.map { abs(($0 - due).nanoseconds) < 1000 } == true)
        #expect(life.step(at: due - .seconds(1)) == .nothing)
        #expect(life.step(at: due + .seconds(1)) == .warn("max_age"))
        #expect(life.step(at: due + .seconds(2)) == .nothing)
    }

    @Test func `rest counts from the last call`() {
        var life = self.life { ($0.maxIdle, $0.keepaliveInterval) = (.seconds(100), nil) }

        life.turned(idle: false, at: self.start + .seconds(1))
        #expect(life.due == nil)
        life.turned(idle: true, at: self.start + .seconds(50))

        #expect(life.due == self.start + .seconds(150))
        #expect(life.step(at: self.start + .seconds(150)) == .warn("max_idle"))
    }

    @Test func `a warned client has five seconds to answer`() {
        var life = self.life { $0.keepaliveInterval = nil }

        #expect(life.shutDown(isUndecided: false, at: self.start) == .warn("shutdown"))
        #expect(life.step(at: self.start + .milliseconds(4999)) == .nothing)
        #expect(life.step(at: self.start + .seconds(5)) == .finish)
        #expect(life.receiveAnswer() == .nothing)
        #expect(life.due == nil)
    }

    @Test func `an answered warning is over`() {
        var life = self.life { $0.keepaliveInterval = nil }
        _ = life.shutDown(isUndecided: false, at: self.start)

        #expect(life.receiveAnswer() == .finish)
        #expect(life.receiveAnswer() == .nothing)
        #expect(life.shutDown(isUndecided: false, at: self.start) == .nothing)
    }

    @Test func `the grace ends what age began`() {
        var life = self.life {
            ($0.maxAge, $0.maxGrace, $0.keepaliveInterval) = (.seconds(100), .seconds(10), nil)
        }

        #expect(life.step(at: self.start + .seconds(100)) == .warn("max_age"))
        #expect(life.receiveAnswer() == .finish)
        #expect(life.due == self.start + .seconds(110))
        #expect(life.step(at: self.start + .seconds(110)) == .close("the grace is over"))
    }

    @Test func `a plain client is served on until nothing runs, and may be shut down meanwhile`() {
        var life = self.life(isExtended: false) { ($0.maxAge, $0.retiresPlainClients) = (.seconds(100), true) }

        #expect(life.step(at: self.start + .seconds(100)) == .closeWhenIdle)
        #expect(life.step(at: self.start + .seconds(500)) == .nothing)
        #expect(life.shutDown(isUndecided: false, at: self.start + .seconds(500)) == .finish)
    }

    @Test func `a client that is not known yet is waited for, but not for long`() {
        var quick = self.life(isExtended: false) { $0.keepaliveInterval = nil }
        var slow = quick

        #expect(quick.shutDown(isUndecided: true, at: self.start) == .nothing)
        #expect(slow.shutDown(isUndecided: true, at: self.start) == .nothing)

        #expect(quick.agreed(at: self.start + .seconds(1)) == .warn("shutdown"))
        #expect(slow.step(at: self.start + .seconds(5)) == .finish)
    }

    @Test func `a sign of life puts off the question`() {
        var life = self.life { ($0.keepaliveInterval, $0.keepaliveTimeout) = (.seconds(100), .seconds(20)) }
        life.received()

        #expect(life.step(at: self.start + .seconds(100)) == .nothing)
        #expect(life.step(at: self.start + .seconds(200)) == .ping)
        life.received()
        #expect(life.step(at: self.start + .seconds(220)) == .nothing)
        #expect(life.step(at: self.start + .seconds(320)) == .ping)
        #expect(life.step(at: self.start + .seconds(340)) == .close("the client gives no sign of life"))
    }
}
