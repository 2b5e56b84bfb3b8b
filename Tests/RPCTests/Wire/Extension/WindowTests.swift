import Testing

@testable import RPC

struct WindowTests {
    @Test func `returns credit once half the window is owed`() throws {
        var window = ReceiveWindow(size: 1000)

        try window.receive(499)
        let outcome1 = window.release(499)
        #expect(outcome1 == nil)
        try window.receive(1)
        let outcome2 = window.release(1)
        #expect(outcome2 == 500)
        try window.receive(1000)
        let outcome3 = window.release(1000)
        #expect(outcome3 == 1000)
    }

    @Test func `takes no byte more than it granted`() throws {
        var window = ReceiveWindow(size: 100)

        try window.receive(100)

        #expect(throws: FlowControlError()) { try window.receive(1) }
    }

    @Test func `grants no credit of nothing and none beyond the widest window`() throws {
        var window = SendWindow(size: 100)

        #expect(throws: FlowControlError()) { try window.grant(0) }
        try window.grant(UInt32(Int32.max) - 100)
        #expect(throws: FlowControlError()) { try window.grant(1) }
    }

    @Test func `returns the connection's credit on arrival while little is queued`() throws {
        var window = ConnectionReceiveWindow(size: 1000, budget: 300)

        let outcome4 = try window.receive(250, queued: 250)
        #expect(outcome4 == nil)
        let outcome5 = try window.receive(260, queued: 50)
        #expect(outcome5 == 510)
    }

    @Test func `holds the connection's credit back while much is queued`() throws {
        var window = ConnectionReceiveWindow(size: 1000, budget: 300)

        let outcome6 = try window.receive(600, queued: 600)
        #expect(outcome6 == nil)
        let outcome7 = try window.receive(400, queued: 400)
        #expect(outcome7 == nil)
        #expect(throws: FlowControlError()) { try window.receive(1, queued: 1) }
        let outcome8 = window.dequeued(600)
        #expect(outcome8 == nil)
        let outcome9 = window.dequeued(200)
        #expect(outcome9 == 1000)
    }

    @Test(arguments: 0..<20)
    func `a sender that keeps to its credit is never stopped for good and never too far ahead`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var sender = SendWindow(size: 1000)
        var receiver = ReceiveWindow(size: 1000)
        var queue: [Int] = []
        var sent = 0

        while sent < 100_000 {
            let charge = Int.random(in: 10...600, using: &random)
            if charge <= sender.credit, Bool.random(using: &random) {
                sender.spend(charge)
                try receiver.receive(charge)
                queue.append(charge)
                sent += charge
                #expect(queue.reduce(0, +) <= 1000)
            } else if !queue.isEmpty, let credit = receiver.release(queue.removeFirst()) {
                try sender.grant(credit)
            }
            if queue.isEmpty { #expect(sender.credit > 500) }
        }
    }
}
