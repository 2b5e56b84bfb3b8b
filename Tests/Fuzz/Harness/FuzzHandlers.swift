import SwiftProtobuf
import Synchronization

/// Methods of every kind, some of which wait.
struct FuzzHandlers: Sendable {
    typealias FuzzMethod = Method<Ttrpc_KeyValue, Ttrpc_KeyValue>

    static let service = "fuzz.Service"
    static let methods = [echo, wait, count, sum, talk, deaf, grow, pour].map(\.descriptor)

    private static let echo = FuzzMethod(service: service, name: "Echo", kind: .unary, safety: .query)
    private static let wait = FuzzMethod(service: service, name: "Wait", kind: .unary, safety: .query)
    private static let count = FuzzMethod(service: service, name: "Count", kind: .serverStreaming, safety: .query)
    private static let sum = FuzzMethod(service: service, name: "Sum", kind: .clientStreaming, safety: .query)
    private static let talk = FuzzMethod(service: service, name: "Talk", kind: .bidirectional, safety: .query)
    private static let deaf = FuzzMethod(service: service, name: "Deaf", kind: .bidirectional, safety: .query)

    private static let grow = FuzzMethod(service: service, name: "Grow", kind: .unary, safety: .query)
    private static let pour = FuzzMethod(service: service, name: "Pour", kind: .serverStreaming, safety: .query)

    let gate = FuzzGate()

    var definition: ServiceDefinition {
        ServiceDefinition(
            name: Self.service,
            methods: [
                .unary(Self.echo) { request, _ in request },
                .unary(Self.wait) { request, _ in
                    await self.gate.pass()
                    return request
                },
                .serverStreaming(Self.count) { request, responses, _ in
                    for _ in 0..<request.value.utf8.count { try await responses.write(request) }
                },
                .clientStreaming(Self.sum) { requests, _ in
                    var sum = 0
                    for try await request in requests { sum += request.value.utf8.count }
                    return .with { [sum] in $0.value = "\(sum)" }
                },
                .bidirectional(Self.talk) { requests, responses, _ in
                    for try await request in requests { try await responses.write(request) }
                },
                .bidirectional(Self.deaf) { _, _, _ in await self.gate.pass() },
                .unary(Self.grow) { request, _ in request.grown },
                .serverStreaming(Self.pour) { request, responses, _ in
                    for _ in 0..<3 { try await responses.write(request.grown) }
                },
            ]
        )
    }
}

extension Ttrpc_KeyValue {
    /// 256 bytes for each one, which compress as well as theirs do.
    fileprivate var grown: Ttrpc_KeyValue {
        .with { $0.value = String(repeating: self.value, count: 256) }
    }
}

/// Where handlers wait until the script lets them go on, deaf to cancellation.
final class FuzzGate: Sendable {
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

    func pass() async {
        await withCheckedContinuation { continuation in self.waiting.withLock { $0.append(continuation) } }
    }

    func open() {
        let waiting = self.waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        waiting.forEach { $0.resume() }
    }
}
