import Testing

@testable import RPC

/// The call table against a second, simpler statement of its rules, whatever frames come.
struct CallTableModelTests {
    @Test(arguments: 0..<200)
    func `keeps the rules whatever frames come`(seed: UInt64) {
        var run = CallTableRun(seed: seed)

        for second in 0..<400 {
            run.receiveFrame(at: second)
            run.endSomething()
            run.check()
        }
        run.endAll()

        #expect(run.table.waitingBytes == 0)
    }
}

/// A table and what should be in it.
private struct CallTableRun {
    private struct Stream {
        var takesMore: Bool
        var waiting: [Int] = []

        var bytes: Int { self.waiting.reduce(0) { $0 + $1 + 10 } }
    }

    private static let limits = ServerConfiguration.with {
        ($0.maxConcurrentCalls, $0.oversizeFramesPerMinute) = (4, .max)
        ($0.maxStreamQueue, $0.maxConnectionQueue) = (100, 250)
    }

    private(set) var table = CallTable<UInt32>(limits: Self.limits)
    private var random: SeededGenerator
    private var open: [UInt32: Stream] = [:]
    private var running = 0
    private var highest: UInt32 = 0

    init(seed: UInt64) {
        self.random = SeededGenerator(seed: seed)
    }

    mutating func receiveFrame(at second: Int) {
        let header = FrameHeader(
            length: .random(in: 0...60, using: &self.random),
            stream: .random(in: 0...12, using: &self.random),
            type: [0, 1, 2, 3, 3, 3, 3, 4].randomElement(using: &self.random) ?? 0,
            flags: FrameFlags(rawValue: [0, 0, 0, 1, 2, 4, 5, 7].randomElement(using: &self.random) ?? 0)
        )
        if Int.random(in: 0..<20, using: &self.random) == 0 {
            let expected = self.oversize(header)
            #expect(self.table.receiveOversize(header, at: Int64(second)).name == expected)
        } else {
            let expected = self.expectation(for: header)
            #expect(self.table.receive(header).name == expected)
            if expected == "open" { self.start(header) }
        }
    }

    mutating func endSomething() {
        let kind = Int.random(in: 0..<6, using: &self.random)
        guard kind < 4 else { return }
        if kind == 0, self.running > self.open.count {
            self.running -= 1
            self.table.handlerReturned()
        } else if let stream = self.open.keys.sorted().randomElement(using: &self.random) {
            if kind == 1 {
                self.end(stream)
            } else if let message = self.open[stream]?.waiting.first {
                self.open[stream]?.waiting.removeFirst()
                self.table.consumed(message, on: stream)
            }
        }
    }

    mutating func endAll() {
        for stream in self.open.keys { self.end(stream) }
    }

    func check() {
        #expect(self.table.isIdle == self.open.isEmpty)
        #expect(self.table.isQuiet == (self.running == 0))
        #expect(self.table.waitingBytes == self.waiting)
        #expect(self.waiting <= 250)
    }

    private var waiting: Int { self.open.values.reduce(0) { $0 + $1.bytes } }

    private mutating func start(_ header: FrameHeader) {
        let takesMore = Bool.random(using: &self.random)
        self.table.start(header.stream, on: header.stream, takesMore: takesMore)
        self.open[header.stream] = Stream(takesMore: takesMore)
        self.running += 1
    }

    private mutating func end(_ stream: UInt32) {
        self.open[stream] = nil
        #expect(self.table.end(stream) == false)
    }

    private mutating func oversize(_ header: FrameHeader) -> String {
        guard (1...3).contains(header.type) else { return "ignore" }
        if self.open.removeValue(forKey: header.stream) != nil { return "abort oversize" }
        let isLate = header.type != 1 && header.stream <= self.highest
        if header.stream % 2 == 1 { self.highest = max(self.highest, header.stream) }
        return isLate ? "ignore" : "answer oversize"
    }

    private mutating func expectation(for header: FrameHeader) -> String {
        guard (1...3).contains(header.type) else { return "ignore" }
        if header.stream % 2 == 0 { return "answer evenStream" }
        switch header.type {
        case 1:
            if self.open.removeValue(forKey: header.stream) != nil { return "abort streamReused" }
            self.highest = max(self.highest, header.stream)
            return self.running < 4 ? "open" : "refuse tooManyCalls"
        case 2: return "ignore"
        default: return self.expectationForData(header)
        }
    }

    private mutating func expectationForData(_ header: FrameHeader) -> String {
        guard var stream = self.open[header.stream] else {
            guard header.stream > self.highest else { return "ignore" }
            self.highest = header.stream
            return "answer streamInactive"
        }
        let (ends, isEmpty) = (header.flags.rawValue & 1 != 0, header.flags.rawValue & 4 != 0)
        if isEmpty, !ends { return "ignore" }
        if !stream.takesMore {
            self.open[header.stream] = nil
            return "abort unexpectedData"
        }
        stream.takesMore = !ends
        self.open[header.stream] = stream
        if isEmpty { return "half-close" }
        let fits = stream.bytes == 0 || stream.bytes + header.length + 10 <= 100
        guard fits, self.waiting + header.length + 10 <= 250 else {
            self.open[header.stream] = nil
            return "abort queueFull"
        }
        self.open[header.stream]?.waiting.append(header.length)
        return ends ? "last message" : "message"
    }
}
