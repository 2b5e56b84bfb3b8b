import Testing

@testable import Kernel

@Suite struct LocalWindowsTests {
    private let start = ContinuousClock.now

    @Test func `counts each key in a window of its own and starts anew after it`() {
        var windows = LocalWindows(limit: 10)

        let counts = (0..<3).map { windows.count("a", window: .seconds(60), now: self.start + .seconds($0)) }

        #expect(counts.map(\.total) == [1, 2, 3])
        #expect(counts.map(\.rest) == [.seconds(60), .seconds(59), .seconds(58)])
        #expect(windows.count("b", window: .seconds(60), now: self.start).total == 1)
        #expect(windows.count("a", window: .seconds(60), now: self.start + .seconds(60)).total == 1)
    }

    @Test func `takes back a call, but not below none`() {
        var windows = LocalWindows(limit: 10)
        _ = windows.count("a", window: .seconds(60), now: self.start)

        for key in ["a", "a", "b"] { windows.takeBack(key, now: self.start) }

        #expect(windows.count("a", window: .seconds(60), now: self.start).total == 1)
    }

    @Test func `never holds more keys than its limit`() {
        var windows = LocalWindows(limit: 3)
        for key in ["old", "a", "b"] {
            _ = windows.count(key, window: .seconds(key == "old" ? 1 : 60), now: self.start)
        }

        _ = windows.count("c", window: .seconds(60), now: self.start + .seconds(2))
        #expect(windows.keys == 3)
        #expect(windows.count("a", window: .seconds(60), now: self.start + .seconds(2)).total == 2)

        _ = windows.count("d", window: .seconds(60), now: self.start + .seconds(2))
        #expect(windows.keys == 1)
    }
}
