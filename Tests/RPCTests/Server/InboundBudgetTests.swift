import Testing

@testable import RPC

/// The bounds on what waits, and a sender that only ever sends what it was granted.
struct InboundBudgetTests {
    /// A client that keeps its windows as the specification has it.
    private struct Sender {
        var windows: [UInt32: Int]
        var connection: Int

        mutating func send(_ length: Int, on stream: UInt32) -> Bool {
            guard let window = self.windows[stream], length + 10 <= min(window, self.connection) else { return false }
            self.windows[stream] = window - length - 10
            self.connection -= length + 10
            return true
        }

        mutating func receive(_ grants: [InboundBudget.Grant]) {
            for grant in grants {
                #expect(grant.credit > 0)
                if grant.stream == FrameHeader.connectionStream {
                    self.connection += Int(grant.credit)
                } else {
                    self.windows[grant.stream]? += Int(grant.credit)
                }
            }
        }
    }

    private static let limits = ServerConfiguration.with {
        ($0.maxStreamQueue, $0.maxConnectionQueue) = (500, 3000)
        $0.extensionSettings?.streamWindow = 1000
        $0.extensionSettings?.connectionWindow = 2500
    }

    private static var windows: Agreement.Windows {
        Agreement.Windows(Self.limits.extensionSettings?.message(maxStreams: 1) ?? .init())
    }

    @Test(arguments: 0..<200)
    func `whatever a client sends that keeps its windows is taken, and all credit comes back`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var budget = InboundBudget(limits: Self.limits)
        budget.control(Self.windows)
        var sender = Sender(windows: [1: 1000, 3: 1000, 5: 1000, 7: 1000], connection: 2500)
        var shares = [1, 3, 5, 7].reduce(into: [UInt32: InboundBudget.Share]()) { $0[$1] = budget.share() }
        var waiting: [UInt32: [(length: Int, credit: Int)]] = [:]
        var partial: [UInt32: Int] = [:]

        for _ in 0..<500 {
            let stream = ([1, 3, 5, 7] as [UInt32]).randomElement(using: &random) ?? 1
            guard var share = shares[stream] else { continue }
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<10:
                let length = Int.random(in: 0...400, using: &random)
                guard sender.send(length, on: stream) else { continue }
                let isPart = Bool.random(using: &random)
                try budget.charge(length, isPart: isPart, on: stream, &share)
                partial[stream, default: 0] += length
                guard !isPart else { break }
                let whole = partial.removeValue(forKey: stream) ?? 0
                let taken = budget.take(whole, for: &share)
                let credit = try #require(taken)
                waiting[stream, default: []].append((whole, credit))
            case 10..<19:
                guard let message = waiting[stream]?.first else { continue }
                waiting[stream]?.removeFirst()
                budget.giveBack(message.length, credit: message.credit, on: stream, of: &share)
            default:
                budget.drop(share)
                share = budget.share()
                (waiting[stream], partial[stream]) = (nil, nil)
                sender.windows[stream] = 1000
            }
            shares[stream] = share
            sender.receive(budget.takeGrants())
            #expect(budget.bytes == waiting.values.joined().reduce(0) { $0 + $1.length + 10 })
        }
        for (stream, messages) in waiting {
            for message in messages {
                guard var share = shares[stream] else { continue }
                budget.giveBack(message.length, credit: message.credit, on: stream, of: &share)
                shares[stream] = share
            }
        }
        sender.receive(budget.takeGrants())

        #expect(budget.bytes == 0)
        #expect(sender.connection > 2500 / 2 - 1)
        for (stream, window) in sender.windows where partial[stream] == nil {
            #expect(window > 1000 / 2 - 1)
        }
    }

    @Test func `a late frame gives its credit back at once`() throws {
        var budget = InboundBudget(limits: Self.limits)
        budget.control(Self.windows)

        try budget.chargeLate(2000)

        let grants = budget.takeGrants()
        let none = budget.takeGrants()
        #expect(grants == [.init(stream: FrameHeader.connectionStream, credit: 2010)])
        #expect(none == [])
    }

    @Test func `more than granted is an error, on a stream and on the connection`() throws {
        var budget = InboundBudget(limits: Self.limits)
        budget.control(Self.windows)
        var share = budget.share()

        #expect(throws: FlowControlError.self) { try budget.charge(991, isPart: false, on: 1, &share) }
        #expect(throws: FlowControlError.self) { try budget.chargeLate(2500) }
    }
}
