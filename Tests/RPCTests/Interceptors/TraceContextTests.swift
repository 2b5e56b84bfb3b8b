import Testing

@testable import RPC

struct TraceContextTests {
    private static let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func `a traceparent is read and written`() throws {
        let trace = try #require(TraceContext(traceparent: Self.text))

        #expect(trace.traceID == 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736)
        #expect(trace.spanID == 0x00f0_67aa_0ba9_02b7)
        #expect(trace.isSampled)
        #expect(trace.traceparent == Self.text)
    }

    @Test func `flags that are not defined are not handed on`() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-fe"

        #expect(TraceContext(traceparent: text)?.traceparent.hasSuffix("-00") == true)
    }

    @Test(
        arguments: [
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-later",
        ]
    )
    func `a later version is read as far as it is known`(text: String) {
        #expect(TraceContext(traceparent: text)?.traceparent == Self.text)
    }

    @Test(
        arguments: [
            "", "00", "00-", "-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736a-00f067aa0ba902b7-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            "00-４bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ]
    )
    func `what is not well-formed is refused`(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test func `the next hop has the same trace and another span`() throws {
        let trace = try #require(TraceContext(traceparent: Self.text, state: "a=1"))

        let next = trace.next()

        #expect(next.traceID == trace.traceID)
        #expect(next.spanID != trace.spanID)
        #expect(next.isSampled)
        #expect(next.state == "a=1")
    }

    @Test func `two roots are two traces`() {
        #expect(TraceContext.root().traceID != TraceContext.root().traceID)
    }

    @Test func `of a caller with two parents, or a malformed one, nothing is believed`() {
        let twice = TraceContext.continuing(traceparent: [Self.text, Self.text], tracestate: ["a=1"])
        let malformed = TraceContext.continuing(traceparent: ["00-x"], tracestate: ["a=1"])

        #expect(!twice.traceparent.contains("4bf92f3577b34da6a3ce929d0e0e4736"))
        #expect(twice.state == nil)
        #expect(malformed.state == nil)
    }

    @Test func `states of several fields are one, and a long one is dropped`() {
        let joined = TraceContext.continuing(traceparent: [Self.text], tracestate: ["a=1", "b=2"])
        let long = TraceContext.continuing(
            traceparent: [Self.text],
            tracestate: [String(repeating: "a", count: 513)]
        )

        #expect(joined.state == "a=1,b=2")
        #expect(long.state == nil)
    }
}
