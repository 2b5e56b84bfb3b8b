import Logging
import MetricsTestKit
import NIOPosix
import Synchronization
import Testing

@testable import RPC

/// What interceptors of both sides write down of a call.
@Suite(.timeLimit(.minutes(1)))
struct ObservationTests {
    private static let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    /// Answers with what the handler knows of its trace, in a task of its own.
    private static let service = ServiceDefinition(
        name: EchoService.name,
        methods: [
            .unary(EchoService.echo) { request, call in
                let trace = try #require(await Task { TraceContext.current }.value)
                #expect(call.trace == trace)
                call.logger.notice("handled")
                return .of(trace.traceparent, value: trace.state ?? "")
            },
            .unary(EchoService.fail) { _, _ in throw Status(.notFound, "No.", reason: "NO") },
            .serverStreaming(EchoService.count) { _, responses, _ in
                try await responses.write(.of(TraceContext.current?.traceparent ?? ""))
            },
        ]
    )

    @Test func `a trace goes from the caller's task to the handler's`() async throws {
        let caller = try #require(TraceContext(traceparent: Self.text, state: "vendor=1"))

        let (unary, streamed) = try await Self.serving(client: [ClientCallTrace()]) { client in
            try await caller.asCurrent {
                let unary = try await client.unary(EchoService.echo, .init())
                let streamed = try await client.serverStreaming(EchoService.count, .init()) {
                    try await $0.first { _ in true }
                }
                return (unary, streamed)
            }
        }

        let handler = try #require(TraceContext(traceparent: unary.key))
        #expect(handler.traceID == caller.traceID)
        #expect(handler.isSampled)
        #expect(handler.spanID != caller.spanID)
        #expect(unary.value == "vendor=1")
        let other = try #require(streamed.flatMap { TraceContext(traceparent: $0.key) })
        #expect(other.traceID == caller.traceID)
        #expect(other.spanID != handler.spanID)
    }

    @Test func `a call without a trace begins one`() async throws {
        let answers = try await Self.serving(client: []) { client in
            let malformed = CallOptions(metadata: ["traceparent": Self.text.uppercased()])
            return [
                try await client.unary(EchoService.echo, .init()),
                try await client.unary(EchoService.echo, .init(), malformed),
            ]
        }

        let traces = answers.compactMap { TraceContext(traceparent: $0.key)?.traceID }
        #expect(Set(traces).count == 2)
        #expect(!traces.contains(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736))
    }

    @Test func `a task that outlives its call stays in that call's trace`() async throws {
        let gates = Gates()
        let left = Mutex<Task<String?, Never>?>(nil)
        let handler = MethodHandler.unary(EchoService.echo) { request, _ in
            if request.key == "leave" {
                let task = Task {
                    await gates.waitIgnoringCancellation("next is served")
                    return TraceContext.current?.traceparent
                }
                left.withLock { $0 = task }
            }
            return .of(TraceContext.current?.traceparent ?? "")
        }
        let service = ServiceDefinition(name: EchoService.name, methods: [handler])

        let (first, second) = try await Self.serving(service, client: []) { client in
            (
                try await client.unary(EchoService.echo, .of("leave")).key,
                try await client.unary(EchoService.echo, .of("next")).key
            )
        }
        gates.open("next is served")

        #expect(first != second)
        #expect(await left.withLock { $0 }?.value == first)
    }

    @Test func `a worker serves the next call if nothing of the last is left`() async throws {
        struct Seen: Sendable { weak var slot: TraceSlot? }
        let seen = Mutex<[Seen]>([])
        let handler = MethodHandler.unary(EchoService.echo) { request, _ in
            seen.withLock { $0.append(Seen(slot: TraceContext.slot)) }
            return request
        }
        let service = ServiceDefinition(name: EchoService.name, methods: [handler])

        try await Self.serving(service, client: []) { client in
            for _ in 0..<3 { _ = try await client.unary(EchoService.echo, .init()) }

            let slots = seen.withLock { $0.map(\.slot) }
            #expect(slots.count == 3)
            #expect(slots[0] != nil)
            #expect(slots.allSatisfy { $0 === slots[0] })
        }
    }

    @Test func `a trace ends with its call`() throws {
        let record = Record()
        let server = try ConnectionInHand(interceptors: [record, CallTrace()])

        for stream in [1, 3, 5] as [UInt32] {
            _ = try server.exchange(.request(EchoService.echo, .of("hi"), on: stream))
        }

        #expect(record.traces.withLock { $0 } == [nil, nil, nil])
    }

    /// Writes down in which trace calls begin.
    private final class Record: ImmediateServerInterceptor {
        let traces = Mutex<[TraceContext?]>([])

        func beforeAtOnce(_ call: CallContext, subject: String?) {
            self.traces.withLock { $0.append(TraceContext.current) }
        }
    }

    @Test func `every log line of a call names its trace`() async throws {
        let lines = Lines()
        let caller = try #require(TraceContext(traceparent: Self.text))

        try await Self.serving(client: [ClientCallTrace()], lines) { client in
            try await caller.asCurrent {
                _ = try await client.unary(EchoService.echo, .init())
                _ = try? await client.unary(EchoService.fail, .init())
            }
        }

        #expect(lines.all.map(\.message).sorted() == ["Call ended", "Call ended", "handled"])
        #expect(lines.all.allSatisfy { $0.metadata["trace-id"] == "4bf92f3577b34da6a3ce929d0e0e4736" })
        #expect(lines.all.allSatisfy { $0.metadata["span-id"]?.description.count == 16 })
    }

    @Test func `calls are counted and timed on both sides, by method and status`() async throws {
        let metrics = TestMetrics()
        let path = EchoService.fail.descriptor.path

        try await Self.serving(client: [ClientCallMetrics(factory: metrics)], metrics: metrics) { client in
            for _ in 0..<3 { _ = try? await client.unary(EchoService.fail, .init()) }
            _ = try await client.serverStreaming(EchoService.count, .init()) { try await $0.first { _ in true } }
            _ = try await client.unary(EchoService.echo, .init())
        }

        for side in ["server", "client"] {
            let started = metrics.counterTotal(label: "rpc_\(side)_started", dimensions: [("method", path)])
            let failed = metrics.counterTotal(
                label: "rpc_\(side)_ended",
                dimensions: [("method", path), ("status", "NOT_FOUND")]
            )
            let well = metrics.counterTotal(
                label: "rpc_\(side)_ended",
                dimensions: [("method", EchoService.echo.descriptor.path), ("status", "OK")]
            )
            let times = try metrics.expectTimer("rpc_\(side)_duration", [("method", path)]).values
            #expect(started == 3)
            #expect(failed == 3)
            #expect(well == 1)
            #expect(times.count == 3)
            #expect(times.allSatisfy { $0 > 0 })
            #expect(metrics.counterTotal(label: "rpc_\(side)_started") == 5)
        }
    }

    @Test func `a client logs how its calls ended`() async throws {
        let lines = Lines()

        try await Self.serving(client: [ClientCallLog(lines.logger)]) { client in
            _ = try? await client.unary(EchoService.fail, .init(), CallOptions(metadata: ["x-request-id": "r1"]))
        }

        let line = try #require(lines.all.first)
        #expect(lines.all.count == 1)
        #expect(line.metadata["method"]?.description == EchoService.fail.descriptor.path)
        #expect(line.metadata["status"] == "NOT_FOUND")
        #expect(line.metadata["request-id"] == "r1")
    }

    /// Serves with all interceptors, and makes a client with some.
    private static func serving<Value>(
        _ service: ServiceDefinition = Self.service,
        client interceptors: [any ClientInterceptor],
        _ lines: Lines = Lines(),
        metrics: TestMetrics = TestMetrics(),
        _ body: (Client) async throws -> Value
    ) async throws -> Value {
        let server = try Server(
            services: [service],
            group: MultiThreadedEventLoopGroup.singleton,
            logger: lines.logger
        ) { method in [CallTrace(), CallLog(), CallMetrics(for: method, factory: metrics)] }
        let address = try await server.listen(on: .tcp(host: "127.0.0.1", port: 0))
        let result: Result<Value, any Error>
        do {
            result = .success(try await Client.with(address, .with { $0.interceptors = interceptors }, body))
        } catch {
            result = .failure(error)
        }
        await server.drain(grace: .seconds(5))
        return try result.get()
    }
}

/// Keeps log lines.
private final class Lines: Sendable {
    struct Line: Sendable {
        let message: String
        let metadata: Logger.Metadata
    }

    private let lines = Mutex<[Line]>([])

    var all: [Line] { self.lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }
            self.lines.lines.withLock { $0.append(Line(message: "\(event.message)", metadata: metadata)) }
        }
    }
}
