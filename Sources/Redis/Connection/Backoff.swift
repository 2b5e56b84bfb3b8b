import NIOCore

/// How long to wait before the next attempt to connect: 50 ms, doubling up to 1 s, each 25 % more or less.
struct Backoff {
    private var next: Int64 = 50

    mutating func failed() -> TimeAmount {
        defer { self.next = min(self.next * 2, 1000) }
        return .milliseconds(Int64(Double(self.next) * Double.random(in: 0.75...1.25)))
    }

    mutating func succeeded() {
        self = Backoff()
    }
}
