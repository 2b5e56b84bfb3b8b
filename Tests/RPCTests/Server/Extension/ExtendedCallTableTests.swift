import Testing

@testable import RPC

/// What the call table makes of frames once both ends speak the extension.
struct ExtendedCallTableTests {
    private static func header(_ stream: UInt32, _ type: FrameType, _ flags: FrameFlags = []) -> FrameHeader {
        FrameHeader(length: 10, stream: stream, type: type.rawValue, flags: flags)
    }

    private func table(_ change: (inout ServerConfiguration) -> Void = { _ in }) -> CallTable<String> {
        var table = CallTable<String>(limits: .with(change))
        _ = table.receive(Self.header(1, .request))
        table.agree(nil)
        return table
    }

    @Test func `streams must increase`() {
        var table = self.table()

        #expect(table.receive(Self.header(5, .request)).name == "open")
        #expect(table.receive(Self.header(3, .request)).name == "breach")
        #expect(table.receive(Self.header(5, .request)).name == "breach")
    }

    @Test func `requests after the last warning are dropped, and what follows them`() {
        var table = self.table()
        _ = table.receive(Self.header(3, .request))
        table.start("a", on: 3)

        #expect(table.drain() == false)
        #expect(table.receive(Self.header(5, .request)).name == "ignore")
        #expect(table.receive(Self.header(5, .data)).name == "ignore")
        #expect(table.highest == 3)
        #expect(table.end(3) == true)
    }

    @Test func `a request in fragments holds a place until it is complete or cancelled`() {
        var table = self.table { $0.maxConcurrentCalls = 1 }

        #expect(table.receiveFirstFragment(ofRequest: Self.header(3, .request, .more), lingering: 0).name == "open")
        #expect(!table.isIdle)
        #expect(table.receive(Self.header(5, .request)).name == "refuse tooManyCalls")
        #expect(table.cancel(3) == nil)
        #expect(table.isIdle)
        #expect(table.completeRequest(3) == false)
        #expect(table.receive(Self.header(7, .request)).name == "open")
    }

    @Test func `answers that wait for the client count as calls`() {
        var table = self.table { $0.maxConcurrentCalls = 2 }

        #expect(table.receive(Self.header(3, .request), lingering: 2).name == "refuse tooManyCalls")
        #expect(table.receive(Self.header(5, .request), lingering: 1).name == "open")
    }

    @Test func `a stream is late when it is over or was never wanted`() {
        var table = self.table()
        _ = table.receive(Self.header(3, .request))
        table.start("a", on: 3)

        #expect(!table.isLate(3))
        #expect(!table.isLate(5))
        _ = table.end(3)
        #expect(table.isLate(3))
        _ = table.drain()
        #expect(table.isLate(5))
    }
}
