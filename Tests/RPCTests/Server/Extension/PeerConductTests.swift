import NIOCore
import Testing

@testable import RPC

struct PeerConductTests {
    private let start = NIODeadline.uptimeNanoseconds(0)

    @Test func `two strikes are forgiven, the third is not`() {
        var conduct = PeerConduct(limits: .init())

        #expect(conduct.receivePing(at: self.start) == true)
        #expect(conduct.receivePing(at: self.start + .seconds(9)) == true)
        #expect(conduct.receivePing(at: self.start + .seconds(18)) == true)
        #expect(conduct.receivePing(at: self.start + .seconds(27)) == false)
    }

    @Test func `what the server sends clears the strikes`() {
        var conduct = PeerConduct(limits: .init())
        for _ in 0..<3 { _ = conduct.receivePing(at: self.start) }

        conduct.sendsBaseFrame()

        for _ in 0..<3 { #expect(conduct.receivePing(at: self.start) == true) }
        #expect(conduct.receivePing(at: self.start) == false)
    }

    @Test func `cancels are counted by the second`() {
        var conduct = PeerConduct(limits: .with { $0.cancelsPerSecond = 3 })

        for second in 0..<5 as Range<Int64> {
            for _ in 0..<3 { #expect(conduct.receiveCancel(at: self.start + .seconds(second)) == true) }
        }
        #expect(conduct.receiveCancel(at: self.start + .milliseconds(4999)) == false)
    }

    @Test func `frames of calls clear the count of control frames`() {
        var conduct = PeerConduct(limits: .with { $0.controlFramesPerSecond = 2 })

        for _ in 0..<5 {
            for _ in 0..<2 { #expect(conduct.receiveControlFrame(at: self.start) == true) }
            conduct.sawBaseFrame()
        }
        for _ in 0..<2 { _ = conduct.receiveControlFrame(at: self.start) }

        #expect(conduct.receiveControlFrame(at: self.start) == false)
    }
}
