import Testing

@testable import RPC

struct TraceIDSourceTests {
    @Test func `IDs are all different and never zero`() {
        let roots = (0..<10_000).map { _ in TraceIDSource.root() }
        let traces = Set(roots.map(\.traceID))
        let spans = Set(roots.flatMap { [$0.spanID, TraceIDSource.spanID()] })

        #expect(traces.count == 10_000 && !traces.contains(0))
        #expect(spans.count == 20_000 && !spans.contains(0))
        #expect(Set(roots.map { UInt64(truncatingIfNeeded: $0.traceID) }).isDisjoint(with: spans))
    }
}
