import Testing

@testable import RPC

struct TraceIDSourceTests {
    @Test func `IDs are all different and never zero`() {
        let traces = Set((0..<10_000).map { _ in TraceIDSource.traceID() })
        let spans = Set((0..<10_000).map { _ in TraceIDSource.spanID() })

        #expect(traces.count == 10_000 && !traces.contains(0))
        #expect(spans.count == 10_000 && !spans.contains(0))
    }
}
